import { deepStrictEqual, match, ok, strictEqual } from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { after, before, beforeEach, test } from 'node:test';
import { decide, type OrderCommand } from '../../services/order/src/domain/order.ts';
import { loadOrder, saveOrder } from '../../services/order/src/handlers/order-stream.ts';
import { readLog } from '../../shared/brokers/kafka/index.ts';
import { eventId } from '../../shared/patterns/08-event-sourcing/event-id.ts';
import { newTraceparent } from '../../shared/patterns/14-correlation-tracing/trace-context.ts';
import { buildPlacement } from '../../shared/testing/build-placement.ts';
import { serverUrl } from '../../shared/testing/server-url.ts';
import { createTestDatabase, type TestDatabase } from '../../shared/testing/test-database.ts';
import { uniqueName } from '../../shared/testing/unique-name.ts';
import { showOrder } from './one-order.ts';
import type { Places } from './places.ts';
import { republish } from './republish.ts';
import { verifyAll } from './verify.ts';

const schemas = ['08-event-sourcing', '16-transactional-outbox'].map((chapter) =>
  readFile(new URL(`../../shared/patterns/${chapter}/schema.sql`, import.meta.url), 'utf8'),
);

let database: TestDatabase;
let places: Places;
let printed: string[];
const plain = (_: string, text: string) => text;
const telling = () => ({ ...places, print: (line: string) => void printed.push(line), paint: plain });

before(async () => {
  database = await createTestDatabase(await Promise.all(schemas));
});
after(() => database?.drop());
beforeEach(async () => {
  await database.query('truncate streams, events, snapshots, outbox');
  const kafka = serverUrl('KAFKA_BROKERS').split(',');
  places = { kafka, log: uniqueName('order-events'), eventStore: database.url };
  printed = [];
});

/** An order in the event store, not yet in the log, to which all this has happened. */
async function order(...commands: readonly OrderCommand['type'][]): Promise<string> {
  const orderId = randomUUID();
  const placement = buildPlacement(orderId, { saga: 'choreography', broker: 'rabbitmq' } as const);
  for (const type of ['place', ...commands] as const) {
    const command = { type, placement, reason: 'cancelled-by-customer' } as OrderCommand;
    await database.transaction(async (tx) => {
      const loaded = await loadOrder(tx, orderId);
      const events = decide(command, loaded.order);
      if ('rejected' in events) throw new Error(events.rejected);
      await saveOrder(tx, orderId, loaded, events, { correlationid: orderId, traceparent: newTraceparent() });
    });
  }
  return orderId;
}

/** Makes the log by publishing what the event store has; `orders` of all kinds. */
async function recorded(orders: number): Promise<string[]> {
  const kinds = [[], ['note-reserved', 'note-paid'], ['request-cancel'], ['note-reserved']] as const;
  const ids: string[] = [];
  for (let n = 0; n < orders; n++) ids.push(await order(...(kinds[n % kinds.length] ?? [])));
  await republish(telling());
  return ids;
}

const differences = () => printed.filter((line) => line.startsWith('differs'));

test('an order is rebuilt from the log alone, step by step, also as it was then', async () => {
  const orderId = await order('note-reserved', 'note-paid');
  await republish(telling());
  await database.query('truncate streams, events, snapshots');
  const expected = ['1  order.created', '2  order.reserved', '3  order.paid', '4  order.completed'];
  ok(await showOrder({ ...telling(), orderId }));
  for (const [n, step] of expected.entries()) match(printed[n + 2] ?? '', new RegExp(step));
  match(printed.at(-1) ?? '', /ada orders 2 × mug for 19.00 EUR: completed/);

  ok(await showOrder({ ...telling(), orderId, at: { version: 2 } }));
  match(printed.at(-1) ?? '', /: reserved/);
  ok(!(await showOrder({ ...telling(), orderId, at: { time: new Date(0) } })));
  match(printed.at(-1) ?? '', /no order yet/);
});

test('an order that the log does not know is said to be unknown', async () => {
  await recorded(1);
  const orderId = randomUUID();
  ok(!(await showOrder({ ...telling(), orderId })));
  match(printed.at(-1) ?? '', new RegExp(`knows no order ${orderId}`));
});

test('a log that says the same as the event store is found clean, also when it says it twice', async () => {
  await recorded(8);
  ok(await verifyAll(telling()), printed.join('\n'));
  await republish(telling());
  ok(await verifyAll(telling()), printed.join('\n'));
  match(printed.at(-2) ?? '', /^8 orders with 20 events/);
});

test('it is the same with fewer orders in memory than there are', async () => {
  const [edited] = await recorded(8);
  await database.query(`update events set data = data || '{"customerId": "eve"}' where stream_id = $1`, [
    edited,
  ]);
  strictEqual(await verifyAll({ ...telling(), ordersAtOnce: 3 }), false);
  strictEqual(differences().length, 1);
  match(printed.at(-2) ?? '', /^8 orders with 20 events/);
});

test('an edit and a dropped event are reported by order and version, and nothing else is', async () => {
  const ids = await recorded(40);
  const [edited = '', dropped = '', begun = '', whole = ''] = [ids[4], ids[9], ids[12], ids[16]];
  await database.query(
    `update events set data = jsonb_set(data, '{items,0,quantity}', '3') where stream_id = $1 and version = 1`,
    [edited],
  );
  await database.query('delete from events where stream_id = $1 and version = 2', [dropped]);
  await database.query('delete from events where stream_id = $1', [begun]);
  await database.query(
    'with gone as (delete from streams where stream_id = $1) delete from events where stream_id = $1',
    [whole],
  );
  strictEqual(await verifyAll(telling()), false);
  deepStrictEqual(
    differences().toSorted(),
    [
      `differs  ${edited}  version 1 (order.created) differs in data.items[0].quantity: 3 in the event store, 2 in the log`,
      `differs  ${dropped}  version 2 is missing in the event store`,
      `differs  ${begun}  version 1 is missing in the event store`,
      `differs  ${whole}  version 1 is missing in the event store`,
    ].toSorted(),
  );
});

test('a snapshot that was edited is reported, one of another release is not', async () => {
  const [, completed, cancelled] = await recorded(8);
  await database.query(
    `update snapshots set state = state || '{"status": "cancelled"}' where stream_id = $1`,
    [completed],
  );
  await database.query(`update snapshots set schema_version = 0, state = '{}' where stream_id = $1`, [
    cancelled,
  ]);
  strictEqual(await verifyAll(telling()), false);
  deepStrictEqual(differences(), [
    `differs  ${completed}  the snapshot of version 4 differs in status: "cancelled" there, "completed" by the events`,
  ]);
});

test('an event that never reached the log is reported, one that waits in the outbox is not', async () => {
  await recorded(4);
  const [lost, waiting] = [await order(), await order()];
  await database.query(
    `insert into outbox (message_id, broker, channel, routing_key, ordering_key, attributes, body)
     values ($1, 'kafka', 'order-events', $2, $2, '{"type": "order.created"}', '')`,
    [eventId('order', waiting, 1), waiting],
  );
  strictEqual(await verifyAll(telling()), false);
  deepStrictEqual(differences(), [`differs  ${lost}  version 1 (order.created) is missing in the log`]);
});

test('a lost log is made anew: every event of every stream, in its order, under its own id', async () => {
  const ids = await recorded(30);
  const first = await idsInLog();
  places = { ...places, log: uniqueName('order-events') };
  await republish(telling());
  const second = await idsInLog();
  strictEqual(second.size, 30);
  for (const orderId of ids) deepStrictEqual(second.get(orderId), first.get(orderId));
});

test('an event that the event store lacks cannot be published again: its order is named', async () => {
  const [, gap = '', , begun = ''] = await recorded(4);
  await database.query('delete from events where stream_id = $1 and version = 2', [gap]);
  await database.query('delete from events where stream_id = $1 and version = 1', [begun]);
  strictEqual(await republish(telling()), false);
  for (const orderId of [gap, begun]) {
    ok(
      printed.some((line) => line.includes('are not in the event store') && line.includes(orderId)),
      orderId,
    );
  }
});

async function idsInLog(): Promise<Map<string, string[]>> {
  const found = new Map<string, string[]>();
  await readLog(
    { brokers: places.kafka, clientId: 'test' },
    {
      topic: places.log,
      onBatch: async (deliveries) => {
        for (const { origin, attributes } of deliveries) {
          const { key } = origin.address;
          found.set(key, [...(found.get(key) ?? []), `${attributes['time']} ${attributes['id']}`]);
        }
      },
    },
  );
  return found;
}
