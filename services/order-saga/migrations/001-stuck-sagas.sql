-- The sagas themselves are the chapter's table. For looking: which need a person, and since when.
create index sagas_stuck on sagas (updated_at) where status = 'stuck';
