create table charges (order_id text not null);
