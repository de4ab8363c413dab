-- What the participants of the demo hold for each order.
create table books (
  order_id uuid primary key,
  reserved boolean not null default false,
  charged  int not null default 0,
  ended    text check (ended in ('completed', 'cancelled'))
);
