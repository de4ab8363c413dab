import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { newMessageId } from '@conveyor/brokers';
import { InfrastructureFault } from '@conveyor/patterns/dead-letter-queue/failure';
import type { OutboxRow } from '@conveyor/patterns/transactional-outbox/outbox';
import type { Tx } from '@conveyor/patterns/transactional-outbox/tx';
import { buildMessage } from '@conveyor/testing/build-message';
import { createTestDatabase, type TestDatabase } from '@conveyor/testing/test-database';
import { type EffectOnceOptions, effectOnce } from './outside-effect.ts';

const schemas = ['schema.sql', '../16-transactional-outbox/schema.sql'].map((name) =>
  readFileSync(new URL(name, import.meta.url), 'utf8'),
);
let database: TestDatabase;

before(async () => {
  database = await createTestDatabase([
    ...schemas,
    'create table charges (order_id uuid primary key, key uuid not null default gen_random_uuid(), state text not null)',
    'create table settlements (order_id uuid)',
  ]);
});
after(() => database.drop());

interface Charge {
  readonly id: string;
  readonly orderId: string;
}

interface Row {
  readonly key: string;
  readonly state: string;
}

const notStopping = new AbortController().signal;

function newCharge(): Charge {
  return { id: newMessageId(), orderId: newMessageId() };
}

/** A charge with everything a service would write, and a record of the keys that the provider was called with. */
function charging(more: Partial<EffectOnceOptions<Charge, string, string>> = {}) {
  const keys: string[] = [];
  const row: OutboxRow = { broker: 'kafka', message: buildMessage({ channel: 'payment-events' }) };
  const handle = effectOnce<Charge, string, string>({
    consumer: 'payment.charge',
    database,
    intend: async (tx, { orderId }) => {
      await tx.query(`insert into charges (order_id, state) values ($1, 'intended') on conflict do nothing`, [
        orderId,
      ]);
      const { rows } = await tx.query<Row>('select key, state from charges where order_id = $1 for update', [
        orderId,
      ]);
      return { perform: rows[0]?.key ?? '' };
    },
    perform: async (key) => {
      keys.push(key);
      return 'charged';
    },
    settle: async (tx, { orderId }, _key, outcome) => {
      await settle(tx, orderId, outcome);
      return [row];
    },
    wakeRelays: () => {},
    ...more,
  });
  return { handle, keys, row };
}

async function settle(tx: Tx, orderId: string, outcome: string): Promise<void> {
  await tx.query('update charges set state = $2 where order_id = $1', [orderId, outcome]);
  await tx.query('insert into settlements values ($1)', [orderId]);
}

async function stateOf({ orderId }: Charge): Promise<string | undefined> {
  const { rows } = await database.query<Row>('select state from charges where order_id = $1', [orderId]);
  return rows[0]?.state;
}

async function settlementsOf({ orderId }: Charge): Promise<number> {
  return (await database.query('select from settlements where order_id = $1', [orderId])).rows.length;
}

async function timesInOutbox(row: OutboxRow): Promise<number> {
  return (await database.query('select from outbox where message_id = $1', [row.message.attributes.id])).rows
    .length;
}

test('the effect is performed, its outcome written down and told', async () => {
  const charge = newCharge();
  const woken: (readonly OutboxRow[])[] = [];
  const { handle, keys, row } = charging({ wakeRelays: (rows) => woken.push(rows) });
  assert.equal(await handle(charge, notStopping), 'handled');
  assert.equal(keys.length, 1);
  assert.equal(await stateOf(charge), 'charged');
  assert.equal(await timesInOutbox(row), 1);
  assert.deepEqual(woken, [[row]]);
});

test('a message that has been handled is not performed again', async () => {
  const charge = newCharge();
  const { handle, keys } = charging();
  await handle(charge, notStopping);
  assert.equal(await handle(charge, notStopping), 'duplicate');
  assert.equal(keys.length, 1);
  assert.equal(await settlementsOf(charge), 1);
});

test('the intent is committed, and no transaction open, while the effect is performed', async () => {
  const charge = newCharge();
  const { handle } = charging({
    perform: async () => {
      assert.equal(await stateOf(charge), 'intended');
      const { rows } = await database.query(
        `select from pg_stat_activity where datname = current_database() and state like 'idle in transaction%'`,
      );
      assert.equal(rows.length, 0);
      return 'charged';
    },
  });
  assert.equal(await handle(charge, notStopping), 'handled');
});

test('killed before the outcome is written down, the effect is performed again with the same key', async () => {
  const charge = newCharge();
  const firstKeys: string[] = [];
  const killed = charging({
    perform: async (key) => {
      firstKeys.push(key);
      throw new Error('the process died after the call');
    },
  });
  await assert.rejects(killed.handle(charge, notStopping), /died/);
  assert.equal(await stateOf(charge), 'intended');

  const { handle, keys } = charging();
  assert.equal(await handle(charge, notStopping), 'handled');
  assert.deepEqual(keys, firstKeys);
  assert.equal(await settlementsOf(charge), 1);
});

test('deliveries at the same time perform with one key, and settle once', async () => {
  const charge = newCharge();
  const bothPerform = Promise.withResolvers<void>();
  const keys: string[] = [];
  const { handle, row } = charging({
    perform: async (key) => {
      keys.push(key);
      if (keys.length === 2) bothPerform.resolve();
      await bothPerform.promise;
      return 'charged';
    },
  });
  const results = await Promise.all([handle(charge, notStopping), handle(charge, notStopping)]);
  assert.deepEqual(results.toSorted(), ['duplicate', 'handled']);
  assert.equal(new Set(keys).size, 1);
  assert.equal(await settlementsOf(charge), 1);
  assert.equal(await timesInOutbox(row), 1);
});

test('with nothing to do outside the message is handled in the first transaction', async () => {
  const charge = newCharge();
  const row: OutboxRow = { broker: 'kafka', message: buildMessage({ channel: 'payment-events' }) };
  const { handle, keys } = charging({
    intend: async (tx, { orderId }) => {
      await tx.query(`insert into charges (order_id, state) values ($1, 'forbidden')`, [orderId]);
      return { settled: [row] };
    },
  });
  assert.equal(await handle(charge, notStopping), 'handled');
  assert.equal(await handle(charge, notStopping), 'duplicate');
  assert.deepEqual(keys, []);
  assert.equal(await timesInOutbox(row), 1);
});

test('of two deliveries with nothing to do outside one leaves its rows, the other none', async () => {
  const charge = newCharge();
  const bothIntend = Promise.withResolvers<void>();
  let intending = 0;
  const row: OutboxRow = { broker: 'kafka', message: buildMessage({ channel: 'payment-events' }) };
  const { handle } = charging({
    intend: async (tx, { orderId }) => {
      intending += 1;
      if (intending === 2) bothIntend.resolve();
      await bothIntend.promise;
      await tx.query('insert into settlements values ($1)', [orderId]);
      return { settled: [row] };
    },
  });
  const results = await Promise.all([handle(charge, notStopping), handle(charge, notStopping)]);
  assert.deepEqual(results.toSorted(), ['duplicate', 'handled']);
  assert.equal(await settlementsOf(charge), 1);
  assert.equal(await timesInOutbox(row), 1);
});

test('a settlement that fails leaves the message unhandled, so that it is settled by the next delivery', async () => {
  const charge = newCharge();
  const failing = charging({
    settle: async (tx, { orderId }) => {
      await settle(tx, orderId, 'charged');
      throw new Error('after the outcome was written');
    },
  });
  await assert.rejects(failing.handle(charge, notStopping));
  assert.equal(await stateOf(charge), 'intended');
  assert.equal(await charging().handle(charge, notStopping), 'handled');
  assert.equal(await stateOf(charge), 'charged');
});

test('an outcome waits for a database that is away, and nothing is performed again', async () => {
  const charge = newCharge();
  let failures = 0;
  const { handle, keys } = charging({
    settle: async (tx, { orderId }) => {
      await settle(tx, orderId, 'charged');
      if (failures++ < 2) throw Object.assign(new Error('shutting down'), { code: '57P01' });
      return [];
    },
  });
  assert.equal(await handle(charge, notStopping), 'handled');
  assert.deepEqual([keys.length, failures, await settlementsOf(charge)], [1, 3, 1]);
});

test('what the settlement itself refuses is begun anew by the next delivery', async () => {
  const charge = newCharge();
  const { handle, keys } = charging({
    settle: () => Promise.reject(new InfrastructureFault('being-voided', 'somebody else is at it')),
  });
  await assert.rejects(handle(charge, notStopping), { code: 'being-voided' });
  assert.equal(keys.length, 1);
});

test('the signal of the consumer reaches the effect', async () => {
  const stopping = new AbortController();
  const { handle } = charging({
    perform: (_key, signal) => {
      stopping.abort(new Error('stopping'));
      return Promise.reject(signal.reason);
    },
  });
  await assert.rejects(handle(newCharge(), stopping.signal), /stopping/);
});
