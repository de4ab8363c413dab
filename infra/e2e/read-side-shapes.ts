import { deepStrictEqual, ok } from 'node:assert/strict';
import { test } from 'node:test';
import type { DeadLetterList, Timeline } from '@conveyor/contracts/http';
import { eventually } from '@conveyor/testing/eventually';
import { accepted } from './accepted.ts';
import type { Databases } from './databases.ts';
import { allDocuments, ask, projection, untilSame } from './read-side.ts';
import type { System } from './system.ts';

const slow = { timeout: 600_000 };
const patient = { timeoutMs: 120_000 };
const former = 'orders-v0-20260101000000000';

/** An upgrade to a release whose documents have another shape, on the system that `running` answers. */
export function testReadSideShapes(running: () => System, databases: () => Databases): void {
  test(
    'the documents of a release that gave them another shape are made anew by themselves, and nothing is a dead letter for it',
    slow,
    async () => {
      const system = running();
      const { stack } = system;
      const letters = async () => {
        const path = '/api/dead-letters?queue=order-query.events&limit=100';
        return (await system.call<DeadLetterList>('GET', path, { admin: true })).body.deadLetters.length;
      };
      const before = await letters();
      const { index } = await projection(system);

      await stack.services['order-query'].stop();
      await makeFormer(stack.env.ELASTICSEARCH_URL, index);
      const { body } = await accepted(system, { customerId: 'ada', items: [{ sku: 'mug', quantity: 1 }] });
      await stack.services['order-query'].start();

      await eventually(async () => {
        const now = await projection(system);
        ok(now.state === 'live' && now.index.startsWith('orders-v1-'), JSON.stringify(now));
      }, patient);
      await system.final(body.orderId);
      await untilSame(system, databases(), patient.timeoutMs);
      ok((await allDocuments(stack.env.ELASTICSEARCH_URL)).has(body.orderId));
      deepStrictEqual(await letters(), before);
      // Of what happened while nobody read the log the timeline is told all the same.
      await eventually(async () => {
        const told = await system.call<Timeline>('GET', `/api/orders/${body.orderId}/timeline`);
        ok(told.body.entries.some(({ kind, type }) => kind === 'projected' && type === 'order.created'));
      }, patient);
    },
  );
}

/** Puts in the place of `index` one whose documents lack a field, and whose mapping refuses it. */
async function makeFormer(elasticsearch: string, index: string): Promise<void> {
  const mappings = await ask<Record<string, Mappings>>(elasticsearch, 'GET', `/${index}/_mapping`);
  const { dynamic, properties } = (mappings[index] as Mappings).mappings;
  const { priority: _, ...others } = properties;
  await ask(elasticsearch, 'PUT', `/${former}`, { mappings: { dynamic, properties: others } });
  for (const [id, { priority: _, ...document }] of await allDocuments(elasticsearch)) {
    const path = `/${former}/_doc/${id}?version_type=external&version=${document.version}`;
    await ask(elasticsearch, 'PUT', path, document);
  }
  await ask(elasticsearch, 'POST', '/_aliases', {
    actions: [
      { remove_index: { index } },
      { add: { index: former, alias: 'orders', is_write_index: true } },
      { add: { index: former, alias: `${former}-feed` } },
    ],
  });
}

interface Mappings {
  readonly mappings: {
    readonly dynamic: string;
    readonly properties: Readonly<Record<string, object>>;
  };
}
