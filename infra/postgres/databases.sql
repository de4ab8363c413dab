-- One database and one role per service; no service can open another's. Compose runs this file as
-- the init script of an empty server; `npm start` runs it at every start and passes over what is there
-- (infra/local/servers/postgres.ts): so one statement per line, and nothing that may not be repeated.

create role conveyor_order login password 'conveyor_order';
create database conveyor_order owner conveyor_order;
revoke connect on database conveyor_order from public;

create role conveyor_inventory login password 'conveyor_inventory';
create database conveyor_inventory owner conveyor_inventory;
revoke connect on database conveyor_inventory from public;

create role conveyor_payment login password 'conveyor_payment';
create database conveyor_payment owner conveyor_payment;
revoke connect on database conveyor_payment from public;

create role conveyor_notification login password 'conveyor_notification';
create database conveyor_notification owner conveyor_notification;
revoke connect on database conveyor_notification from public;

create role conveyor_gateway login password 'conveyor_gateway';
create database conveyor_gateway owner conveyor_gateway;
revoke connect on database conveyor_gateway from public;

create role conveyor_sandbox login password 'conveyor_sandbox';
create database conveyor_sandbox owner conveyor_sandbox;
revoke connect on database conveyor_sandbox from public;

create role conveyor_order_saga login password 'conveyor_order_saga';
create database conveyor_order_saga owner conveyor_order_saga;
revoke connect on database conveyor_order_saga from public;

create role conveyor_order_query login password 'conveyor_order_query';
create database conveyor_order_query owner conveyor_order_query;
revoke connect on database conveyor_order_query from public;
