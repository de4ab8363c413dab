create table orders (id text not null);
