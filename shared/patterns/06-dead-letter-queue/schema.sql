-- What a consumer remembers of messages that failed: where they are now, so that a copy that comes again (after a
-- crash between "moved" and "acknowledged") is moved again and not tried once more. A consumer here takes each message from one
-- broker; whose consumer takes the same message from both needs the broker in this key and in those of the next two tables.
create table if not exists retries (
  consumer     text not null,
  message_id   uuid not null,
  -- The number of the try that comes next.
  attempt      int not null,
  -- What the moved message carries besides its own headers. JSON and not JSONB: headers may hold any character.
  headers      json not null,
  -- It lies among the dead letters, and nothing comes next.
  given_up     boolean not null default false,
  -- Kafka only: the key whose other messages are held while this one waits for its next try.
  ordering_key text,
  changed_at   timestamptz not null default now(),
  primary key (consumer, message_id)
);
create unique index if not exists retries_heads on retries (consumer, ordering_key) where ordering_key is not null;

-- Kafka only: messages that came while an earlier one of their key waited. Handled in this order afterwards.
create table if not exists held_messages (
  seq          bigint generated always as identity,
  consumer     text not null,
  message_id   uuid not null,
  ordering_key text not null,
  -- Attributes, headers and origin.
  delivery     json not null,
  body         bytea not null,
  primary key (consumer, message_id)
);
create index if not exists held_messages_of_key on held_messages (consumer, ordering_key, seq);

-- How often a process died with a message in its hands. Written before the message is handled, removed after.
create table if not exists crash_counts (
  consumer   text not null,
  message_id uuid not null,
  -- The process that handles it: another one that finds it here takes it for dead. Null: it was given back unfinished.
  holder     uuid,
  crashes    int not null default 0,
  begun_at   timestamptz[] not null,
  primary key (consumer, message_id)
);

-- The dead letters of a service, taken from its queues and topics of dead letters on both brokers.
create table if not exists dead_letters (
  -- Made when the message was given up, and sent along: the same letter arriving twice is one.
  id           uuid primary key,
  consumer     text not null,
  broker       text not null,
  -- The queue or topic of dead letters that it came by.
  queue        text not null,
  -- Of the message; null if it has none that is a UUID.
  message_id   uuid,
  type         text,
  subject      text,
  -- `permanent`, `attempts-exhausted`, `process-died`, or what the broker says of one that it set aside by itself.
  reason       text not null,
  error        text,
  stack_hash   text,
  attempts     int not null,
  -- The failed tries, oldest first: [{ at, error }].
  history      json not null,
  -- Where it was first taken from: { broker, channel, address: { channel, key }, position? }.
  origin       json not null,
  -- The message as it came.
  attributes   json not null,
  headers      json not null,
  body         bytea not null,
  priority     smallint,
  died_at      timestamptz not null,
  -- `waiting`, `redriven`, `handled` (it turned out to have been handled), `discarded`.
  status       text not null default 'waiting'
);
create index if not exists dead_letters_waiting on dead_letters (id) where status = 'waiting';

-- Who did what to a dead letter, and when. Never pruned with it.
create table if not exists dead_letter_actions (
  id             bigint generated always as identity primary key,
  dead_letter_id uuid not null,
  at             timestamptz not null default now(),
  who            text not null,
  -- `redriven`, `found-handled`, `discarded`.
  what           text not null,
  -- The body that a person put in the place of the message's own.
  edited_body    bytea
);
create index if not exists dead_letter_actions_of on dead_letter_actions (dead_letter_id, id);
