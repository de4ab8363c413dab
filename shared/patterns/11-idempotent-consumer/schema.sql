create table if not exists inbox (
  message_id uuid not null,
  consumer   text not null,
  handled_at timestamptz not null default now(),
  primary key (message_id, consumer)
);

-- For pruning.
create index if not exists inbox_handled_at on inbox (handled_at);
