-- A shop to play with. Most shelves are full, so that demonstrations do not run dry; `first-edition` is nearly
-- gone and `moon-rock` has never been in stock.
with seeded as (
  insert into products (sku, name, price_amount, price_currency, on_hand)
  values
    ('mug',             'Stoneware mug',                950, 'EUR', 100000),
    ('tea',             'Green tea, 100 g',             620, 'EUR', 100000),
    ('teapot',          'Cast-iron teapot',            4900, 'EUR',  20000),
    ('notebook',        'Notebook, dotted',            1290, 'EUR',  50000),
    ('desk-lamp',       'Desk lamp',                   3990, 'EUR',  10000),
    ('office-chair',    'Office chair',               24900, 'EUR',   5000),
    ('first-edition',   'Signed first edition',       12000, 'EUR',      5),
    ('moon-rock',       'Piece of the moon',         999900, 'EUR',      0),
    ('keyboard',        'Mechanical keyboard',         8999, 'USD',  20000),
    ('mouse',           'Wireless mouse',              3499, 'USD',  50000),
    ('usb-c-cable',     'USB-C cable, 1 m',             899, 'USD', 100000),
    ('laptop-stand',    'Laptop stand',                4499, 'USD',  10000),
    ('umbrella',        'Umbrella, black',             1850, 'GBP',  30000),
    ('wool-scarf',      'Wool scarf',                  3200, 'GBP',  10000),
    ('shortbread',      'Shortbread, 200 g',            475, 'GBP',  80000),
    ('fountain-pen',    'Fountain pen',                6500, 'GBP',   1000)
  returning sku, on_hand
)
insert into adjustments (sku, delta, reason) select sku, on_hand, 'seeded' from seeded;
