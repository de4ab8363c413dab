import { deepStrictEqual, ok, strictEqual } from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { freePorts, type Stack } from '@conveyor/local/stack';
import { eventually } from '@conveyor/testing/eventually';
import kafkajs from 'kafkajs';
import type { Databases } from './databases.ts';
import { placeMixed } from './mixed-orders.ts';
import { ask, endLease, projection, untilSame } from './read-side.ts';
import type { System } from './system.ts';

const { Kafka, logLevel } = kafkajs;
const slow = { timeout: 600_000 };
const patient = { timeoutMs: 120_000 };
const orders = 60;

/** Two instances of order-query on the system that `running` answers, one of which dies. */
export function testReadSideInstances(running: () => System, databases: () => Databases): void {
  test(
    'of two instances one dies in the middle of a rebuild: the other makes it, and every document is right',
    slow,
    async (t) => {
      const system = running();
      const { stack } = system;
      const first = stack.services['order-query'];
      const port = (await freePorts())['order-query'];
      const second = stack.another('order-query', port);
      const logs = await Promise.all([first, second].map(async ({ log }) => readingOn(log)));
      const done = async () => (await Promise.all(logs.map((read) => read()))).map(rebuiltIndices);
      await second.start();
      try {
        const { index: former } = await projection(system);
        await eventually(async () => strictEqual(await membersOf(stack, former), 2), patient);

        await placeMixed(system, orders, async (placed) => {
          if (placed === orders / 3) await rebuildAndKill();
        });
        await eventually(async () => {
          const { state, index } = await projection(system);
          ok(state === 'live' && index !== former, `${state} ${index}`);
        }, patient);

        await untilSame(system, databases(), patient.timeoutMs);
        const { index } = await projection(system);
        deepStrictEqual(await done(), [[], [index]], 'only the second has rebuilt, and once');
        // The old one is removed a moment later.
        await eventually(async () => deepStrictEqual(await indices(stack), [index]), patient);
        t.diagnostic(
          `the first died in the middle of a rebuild (${first.restarts} restarts), the second made ${index}`,
        );
      } finally {
        await second.stop();
      }

      /** Both are asked; the first one has begun. Paused, it reads nothing of its share, and cannot come to the end before it dies. */
      async function rebuildAndKill(): Promise<void> {
        const body = { paused: true };
        await system.call('PUT', '/api/consumers/order-query.events', { admin: true, body });
        const asked = await system.call('POST', '/api/projections/orders/rebuild', { admin: true });
        strictEqual(asked.status, 202);
        await ask(`http://127.0.0.1:${port}`, 'POST', '/api/projections/orders/rebuild');
        await eventually(async () => strictEqual((await indices(stack)).length, 2), patient);
        deepStrictEqual(await done(), [[], []], 'it dies half-way');
        first.kill();
        await endLease(databases());
      }
    },
  );
}

/** Reads what is appended to a file from now on. */
async function readingOn(path: string): Promise<() => Promise<string>> {
  const text = () => readFile(path, 'utf8').catch(() => '');
  const before = (await text()).length;
  return async () => (await text()).slice(before);
}

/** Of those that an instance says it has made. */
function rebuiltIndices(log: string): readonly string[] {
  const lines = log.split('\n').filter((line) => line.includes('"the read model was rebuilt"'));
  return lines.map((line) => (JSON.parse(line) as { index: string }).index);
}

async function indices({ env }: Stack): Promise<readonly string[]> {
  return Object.keys(await ask<Record<string, unknown>>(env.ELASTICSEARCH_URL, 'GET', '/orders-*/_alias'));
}

/** How many instances share the reading for a generation. */
async function membersOf({ env }: Stack, generation: string): Promise<number> {
  const admin = new Kafka({ brokers: env.KAFKA_BROKERS.split(','), logLevel: logLevel.NOTHING }).admin();
  await admin.connect();
  try {
    const { groups } = await admin.describeGroups([`order-query.${generation}`]);
    return groups.flatMap(({ members }) => members).length;
  } finally {
    await admin.disconnect();
  }
}
