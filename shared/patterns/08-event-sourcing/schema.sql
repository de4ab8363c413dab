create table if not exists streams (
  stream_id text primary key,
  version   integer not null
);

create table if not exists events (
  stream_id   text not null,
  version     integer not null,
  type        text not null,
  data        jsonb not null,
  metadata    jsonb not null,
  recorded_at timestamptz not null default now(),
  -- The last line of defence: whatever the code does, no two events can be the n-th of one stream.
  primary key (stream_id, version)
);

-- The version of the shape of data: what was written years ago must still be read.
alter table events add column if not exists schema_version integer not null default 1;
