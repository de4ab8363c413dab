-- One row per order, and so one charge per order, whatever is delivered twice. The row is committed
-- before the provider is called, and locked by whoever settles what the provider answered.
create table charges (
  order_id        uuid primary key,
  status          text not null check (status in
    ('charging', 'voiding', 'charged', 'declined', 'timed-out', 'refunding', 'refunded')),
  amount          bigint not null check (amount >= 0),
  currency        text not null,
  -- When the provider must have answered. Set at the first call, and a restart does not extend it.
  deadline        timestamptz,
  -- What the provider gave back: 0 where nothing had been charged.
  refunded_amount bigint,
  created_at      timestamptz not null default now(),
  updated_at      timestamptz not null default now(),
  check ((status = 'refunded') = (refunded_amount is not null))
);

-- For looking: what is still under way, and since when.
create index charges_unresolved on charges (updated_at) where status in ('charging', 'voiding', 'refunding');
