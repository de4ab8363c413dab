-- Everything that is known of an idempotency key. Its row is locked by every charge and every void,
-- so of two calls with one key one is first, and the other sees what it did.
create table charges (
  key          text primary key,
  status       text not null check (status in ('open', 'charged', 'declined', 'forbidden', 'refunded')),
  failed_calls integer not null default 0,
  -- The body that the key was first used with: null for a key that was voided before.
  request      jsonb,
  check (request is not null or status in ('open', 'forbidden'))
);

-- One row per movement of money, never changed. Unique per key, deliberately not per order: an order
-- that is charged under two keys must show as charged twice.
create table ledger (
  id       bigint generated always as identity primary key,
  key      text not null references charges,
  order_id uuid not null,
  kind     text not null check (kind in ('charge', 'refund')),
  amount   bigint not null,
  currency text not null,
  at       timestamptz not null default now(),
  unique (key, kind)
);

create index ledger_order on ledger (order_id, id);
