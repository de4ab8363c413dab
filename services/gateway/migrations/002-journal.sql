-- The flight recorder: what happened to the messages of every order, told by all services, each entry once.
create table journal (
  -- In the order in which entries became visible; see adapters/journal.ts.
  seq          bigint generated always as identity primary key,
  entry_id     uuid        not null unique,
  order_id     uuid        not null,
  at           timestamptz not null,
  kind         text        not null,
  service      text        not null,
  consumer     text,
  broker       text,
  type         text,
  message_id   text,
  causation_id text,
  attempt      int,
  detail       text,
  recorded_at  timestamptz not null default now()
);
create index on journal (order_id, seq);
-- For tidying up.
create index on journal (recorded_at);
