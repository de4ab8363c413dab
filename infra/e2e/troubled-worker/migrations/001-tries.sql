-- Each try of a message, written down on its own before it is made.
create table tries (
  message_id uuid        not null,
  broker     text        not null,
  at         timestamptz not null default clock_timestamp()
);
create index on tries (message_id, at);

-- What was handled, with the effect of its transaction; without a key, so that a second time would show.
create table handled (
  seq        bigint generated always as identity,
  message_id uuid not null,
  broker     text not null,
  order_id   uuid not null
);
