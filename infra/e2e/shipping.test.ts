import { deepStrictEqual } from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { patchedCopy, runIn } from './patched-copy.ts';

let dir: string;

before(async () => {
  dir = await mkdtemp(join(tmpdir(), 'conveyor-shipping-'));
  await patchedCopy('shared/patterns/09b-saga-orchestration/shipping.patch', dir);
});
after(() => rm(dir, { recursive: true, force: true }));

test('with the patch an order is shipped between charge and complete', async () => {
  const file = pathToFileURL(join(dir, 'services/order-saga/src/order-saga.ts'));
  const { orderSaga } = (await import(file.href)) as {
    orderSaga: (orderExpiresAfterMs: number) => { steps: { name: string }[]; pivot: { name: string } };
  };
  const { steps, pivot } = orderSaga(300_000);
  deepStrictEqual(
    [...steps, pivot].map(({ name }) => name),
    ['reserve', 'charge', 'ship', 'complete'],
  );
});

/** All of `infra/specs` but the one that refuses what has not been released yet. */
const specs = readdirSync(new URL('../specs/', import.meta.url)).filter(
  (name) => name.endsWith('.test.ts') && name !== 'released.test.ts',
);

test('with the patch the specs of the saga hold, and those of all services together', () =>
  runIn(
    dir,
    process.execPath,
    '--test',
    'services/order-saga/src/order-saga.test.ts',
    'shared/topology/*.test.ts',
    ...specs.map((name) => `infra/specs/${name}`),
  ));
