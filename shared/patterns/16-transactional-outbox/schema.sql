create table if not exists outbox (
  id            bigint generated always as identity primary key,
  message_id    uuid not null,
  broker        text not null,
  channel       text not null,
  routing_key   text not null,
  ordering_key  text not null,
  attributes    jsonb not null,
  headers       jsonb,
  body          bytea not null,
  priority      smallint,
  created_at    timestamptz not null default now(),
  -- Set on a message that no queue would take. It stays here until somebody looks at it.
  parked_at     timestamptz,
  parked_reason text
);

-- What the relay reads, and nothing else: its oldest rows, again and again. It asks `broker between x and x order by
-- broker, id`, an order that this index alone has: with `broker = x` the primary key has it, too, and a search there
-- may walk past all that waits for the other broker.
create index if not exists outbox_waiting on outbox (broker, id) where parked_at is null;

-- To tell how many are parked. As a rule it is empty.
create index if not exists outbox_parked on outbox (broker, id) where parked_at is not null;

-- Rows live for milliseconds. Left to the default (a fifth of the table), dead rows would pile up
-- where the relay begins to read.
alter table outbox set (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000);
