-- The events that were stored before each said its version: order.created was at 2, all others at 1.
update events set schema_version = 2 where type = 'order.created';
