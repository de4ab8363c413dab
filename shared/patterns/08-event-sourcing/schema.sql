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

-- The version of the shape of data: what was written years ago must still be read. Looked for first, since `alter table`
-- waits for every reader, and meanwhile all others wait for it, whether there is something to add or not.
do $$
begin
  if not exists (
    select from pg_attribute where attrelid = 'events'::regclass and attname = 'schema_version' and not attisdropped
  ) then
    alter table events add column schema_version integer not null default 1;
  end if;
end
$$;

-- States that were folded once, so that only what came after them has to be. Each can be made anew from its stream.
create table if not exists snapshots (
  stream_id      text primary key,
  version        integer not null,
  -- Of the shape of state: one of another release is passed over.
  schema_version integer not null,
  state          jsonb not null,
  taken_at       timestamptz not null,
  -- Nothing will follow: it is archived after a while.
  closed         boolean not null
);
create index if not exists snapshots_to_archive on snapshots (taken_at) where closed;
