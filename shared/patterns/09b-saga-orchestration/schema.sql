create table if not exists sagas (
  id         uuid primary key,
  -- Null until the first message has been handled.
  state      jsonb,
  status     text not null check (status in ('running', 'compensating', 'done', 'stuck')),
  -- Until when what the saga is awaiting must have come.
  overdue_at timestamptz,
  -- What messages take over that no message caused, because none came in time.
  cause      jsonb,
  updated_at timestamptz not null default now()
);

-- What the sweep looks for, and nothing else.
create index if not exists sagas_overdue on sagas (overdue_at) where overdue_at is not null;
