-- The audit trail: every event of the system, once, whichever broker it was heard on first.
create table audit (
  message_id     uuid primary key,
  type           text        not null,
  subject        text        not null,
  source         text        not null,
  correlation_id text        not null,
  causation_id   uuid,
  saga           text,
  broker         text,
  written_at     timestamptz not null,
  heard_at       timestamptz not null default now(),
  data           jsonb       not null
);
create index on audit (subject, written_at);
