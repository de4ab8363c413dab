-- Who looks after the generations of the read model: one instance at a time. A lease and not a lock, so that a
-- rebuild may take minutes without a transaction, and one that dies gives it back by doing nothing.
create table rebuild_lease (
  only_row boolean primary key default true check (only_row),
  holder   uuid        not null,
  until    timestamptz not null
);
