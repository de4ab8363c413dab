-- What was published: the message of such an entry, without what says who the customer is, and without payment tokens. Timeline
-- and stream leave it where it is.
alter table journal add column message jsonb;
