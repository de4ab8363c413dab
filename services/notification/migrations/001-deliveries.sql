-- What was going to be delivered and what came of it, one row per message and channel. The row is committed
-- before the provider is called; delivered_at stays empty until the provider has said yes.
create table deliveries (
  message_id   uuid        not null,
  channel      text        not null check (channel in ('email', 'sms', 'push')),
  order_id     uuid        not null,
  -- Above 1: it was called before, and may have delivered then.
  attempts     integer     not null default 1,
  intended_at  timestamptz not null default now(),
  delivered_at timestamptz,
  primary key (message_id, channel)
);
create index deliveries_order on deliveries (order_id);
