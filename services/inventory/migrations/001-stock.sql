-- on_hand is what lies on the shelf, reserved the part of it that is promised to orders: what can be bought
-- is the difference. A sale moves units from on_hand to sold. Collation C is the order of the bytes: the same on
-- every server, whatever its language.
create table products (
  sku            text   collate "C" primary key check (sku ~ '^[a-z0-9-]{1,64}$'),
  name           text   not null,
  price_amount   bigint not null check (price_amount > 0),
  price_currency text   not null check (price_currency in ('EUR', 'USD', 'GBP')),
  on_hand        bigint not null default 0,
  reserved       bigint not null default 0,
  sold           bigint not null default 0,
  -- The last line of defence: whatever the code above does, nothing is promised that is not there.
  constraint reserved_is_not_negative check (reserved >= 0),
  constraint reserved_is_on_hand check (on_hand >= reserved),
  constraint sold_is_not_negative check (sold >= 0)
) with (fillfactor = 50);
-- (Counts change with every order: free room in the page lets a new version of a row stay there, and no index
-- has to be touched.)

-- Every change of on_hand that is not a sale, so that at any time, for every product,
-- on_hand + sold = sum(adjustments.delta).
create table adjustments (
  id     bigint      generated always as identity primary key,
  sku    text        collate "C" not null references products,
  delta  bigint      not null,
  reason text        not null check (reason in ('seeded', 'created', 'set-by-admin')),
  at     timestamptz not null default now()
);
create index adjustments_sku on adjustments (sku);

-- One row per order, whatever happened to it: the key is what makes a second reservation impossible.
create table reservations (
  order_id   uuid        primary key,
  -- 'none' lasts no longer than the transaction that has just made the row in order to lock it.
  status     text        not null check (status in ('none', 'reserved', 'sold', 'rejected', 'released', 'withdrawn')),
  items      jsonb       not null default '[]',
  changed_at timestamptz not null default now()
) with (fillfactor = 70);
