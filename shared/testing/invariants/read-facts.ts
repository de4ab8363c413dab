import pg from 'pg';
import type {
  Facts,
  LedgerFact,
  OrderFact,
  PaymentFact,
  ProductFact,
  ReservationFact,
  SagaFact,
} from './facts.ts';

/** Reads the facts with the superuser at `postgresUrl`, from the databases of order, inventory, payment, sandbox and order-saga. */
export async function readFacts(postgresUrl: string): Promise<Facts> {
  const [orders, ledger, products, reservations, payments, sagas] = await Promise.all([
    query<OrderFact>(postgresUrl, 'conveyor_order', ordersOfStreams),
    query<LedgerFact>(
      postgresUrl,
      'conveyor_sandbox',
      'select order_id as "orderId", kind, amount::float8 as amount, currency from ledger order by id',
    ),
    query<ProductFact>(postgresUrl, 'conveyor_inventory', productsWithAdjustments),
    query<ReservationFact>(
      postgresUrl,
      'conveyor_inventory',
      'select order_id as "orderId", status from reservations',
    ),
    query<PaymentFact>(postgresUrl, 'conveyor_payment', 'select order_id as "orderId", status from charges'),
    query<SagaFact>(
      postgresUrl,
      'conveyor_order_saga',
      `select id as "orderId", status, state ->> 'status' as end, state ->> 'stuck' as stuck from sagas`,
    ),
  ]);
  return { orders, ledger, products, reservations, payments, sagas };
}

const ordersOfStreams = `
  select stream_id as "orderId",
         array_agg(type order by version) as events,
         array_agg(version order by version) as versions,
         (array_agg(data order by version))[1] -> 'total' as total,
         (array_agg(data order by version))[1] -> 'items' as items
  from events group by stream_id`;

const productsWithAdjustments = `
  select sku, on_hand::float8 as "onHand", reserved::float8 as reserved, sold::float8 as sold,
         coalesce((select sum(delta) from adjustments a where a.sku = p.sku), 0)::float8 as adjusted
  from products p`;

async function query<Row extends object>(
  postgresUrl: string,
  database: string,
  text: string,
): Promise<Row[]> {
  const url = new URL(postgresUrl);
  url.pathname = `/${database}`;
  const client = new pg.Client({ connectionString: url.href });
  await client.connect();
  try {
    return (await client.query<Row>(text)).rows;
  } finally {
    await client.end();
  }
}
