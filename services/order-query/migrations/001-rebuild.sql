-- Who looks after the generations of the read model: one instance at a time. A lease and not a lock, so that a
-- rebuild may take minutes without a transaction, and one that dies gives it back by doing nothing.
create table rebuild_lease (
  only_row boolean primary key default true check (only_row),
  holder   uuid        not null,
  until    timestamptz not null
);

-- Orders that could not be made anew in a generation that is being built, since an event of theirs is missing from the log
-- or cannot be read: before it is shown they are taken over from the one that is shown now, if they are further there.
create table stopped_orders (
  generation text not null,
  order_id   uuid not null,
  primary key (generation, order_id)
);
