-- What a client's Idempotency-Key led to. A row without a response is a claim: its request is under way
-- until lease_until, after which another request may take it over.
create table idempotency_keys (
  customer_id  text        not null,
  key          text        not null,
  request_hash text        not null,
  claim_id     uuid        not null,
  lease_until  timestamptz not null,
  response     jsonb,
  created_at   timestamptz not null default now(),
  primary key (customer_id, key)
);
create index on idempotency_keys (created_at);

-- Kept apart from the events: a token that pays must never travel in a message.
create table payment_tokens (
  order_id      uuid primary key,
  payment_token text not null
);
