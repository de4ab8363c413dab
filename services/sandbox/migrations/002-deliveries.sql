-- What was handed to the SMS and push providers.
create table deliveries (
  channel  text not null check (channel in ('sms', 'push')),
  key      text not null,
  order_id uuid not null,
  "to"     text not null,
  text     text not null,
  at       timestamptz not null default now(),
  primary key (channel, key)
);

create index deliveries_order on deliveries (order_id, at);
