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

-- What the relay reads, and nothing else: its oldest rows, again and again.
create index if not exists outbox_waiting on outbox (broker, id) where parked_at is null;

-- Rows live for milliseconds. Left to the default (a fifth of the table), dead rows would pile up
-- where the relay begins to read.
alter table outbox set (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000);
