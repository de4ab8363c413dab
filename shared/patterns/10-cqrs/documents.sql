create table documents (order_id text primary key, version integer not null, status text not null);
