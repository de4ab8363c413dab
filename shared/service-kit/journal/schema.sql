-- What the flight recorder of this service has noted and not yet sent to the gateway.
create table if not exists journal_outbox (
  id            bigint generated always as identity primary key,
  -- The order's broker, on which the entry leaves.
  broker        text not null,
  -- A JournalEntry of the contracts; nobody looks into it on its way.
  entry         json not null,
  created_at    timestamptz not null default now(),
  -- Set on an entry that no queue would take.
  parked_at     timestamptz,
  parked_reason text
);

create index if not exists journal_outbox_waiting on journal_outbox (broker, id) where parked_at is null;

-- Rows live for milliseconds; see the table `outbox`.
alter table journal_outbox set (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000);
