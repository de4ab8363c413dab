import { strictEqual } from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Combination, combinations } from '@conveyor/e2e/combinations';
import { nameOf } from '@conveyor/e2e/order-cost/measure-cost';
import { eventually } from '@conveyor/testing/eventually';
import type { Comparison, Figure, Run } from '../figure.ts';
import { interleaved, type Side } from '../interleaved.ts';
import { type BenchSystem, startBenchSystem } from '../load/bench-system.ts';
import { type Instances, instancesOf } from '../load/instances.ts';
import { environmentWith } from '../without/environment.ts';

/** Which more instances are measured, and what is promised of them. */
const counts: readonly { readonly count: number; readonly aim?: Comparison['aim'] }[] = [
  { count: 2, aim: { is: 'at least', ratio: 0.8 } },
  { count: 4 },
];

/** The token with which the provider takes its time: with the changes of this run, 50 ms. */
const slowly = { paymentToken: 'tok_slow' };
/** A new instance has everything to load and to connect. */
const warmUp = 20;
const lookEveryMs = 250;

const compared = combinations.filter(({ saga }) => saga === 'choreography');

export const paymentInstances: Figure = {
  name: 'payment-instances',
  what: 'charges a second with 2 and with 4 instances of payment, while the provider takes 50 ms for each. Orders are placed before, and go on after, so that this machine has nothing else to do meanwhile; and an instance has one charge in hand at a time (50 as it is shipped, with which one would do as much as the machine can), so that the wait is what bounds it. Kafka shares out 6 partitions, so the fullest of 4 instances has a third of all',
  against: 'as many times what one instance does',

  async measure(run) {
    run.say('starting the system');
    const bench = await startBenchSystem('payment-instances', environmentWith('slow-charges'));
    try {
      const instances = await instancesOf(bench.system.stack, 'payment');
      try {
        const comparisons: Comparison[] = [];
        for (const combination of compared)
          comparisons.push(...(await againstLinear(run, bench, instances, combination)));
        return { comparisons };
      } finally {
        await instances.close();
      }
    } finally {
      await bench.stop();
    }
  },
};

async function againstLinear(
  run: Run,
  bench: BenchSystem,
  instances: Instances,
  combination: Combination,
): Promise<readonly Comparison[]> {
  run.say(nameOf(combination));
  const sideOf =
    (count: number): Side =>
    async () => {
      await instances.atWork(count);
      await chargesPerSecond(bench, combination, warmUp, run.atOnce);
      return chargesPerSecond(bench, combination, run.orders, run.atOnce);
    };
  const sides = Object.fromEntries([1, ...counts.map(({ count }) => count)].map((n) => [n, sideOf(n)]));
  const measured = await interleaved(run, sides);
  const one = measured['1'] ?? [];
  return counts.map(({ count, aim }) => ({
    what: `${nameOf(combination)}, ${count} instances`,
    unit: 'charges/s',
    ours: measured[String(count)] ?? [],
    theirs: one.map((perSecond) => perSecond * count),
    ...(aim && { aim }),
  }));
}

/** Holds orders up before they are reserved, lets them go as far as their charge and, once that is timed, to their end. */
async function chargesPerSecond(
  bench: BenchSystem,
  combination: Combination,
  count: number,
  atOnce: number,
): Promise<number> {
  await pause(bench, 'order.events', true);
  await pause(bench, 'inventory.events', true);
  const orderIds: string[] = [];
  let next = 0;
  async function oneAfterTheOther(): Promise<void> {
    while (next < count) orderIds.push(await bench.place(next++, combination, slowly));
  }
  await Promise.all(Array.from({ length: Math.min(atOnce, count) }, oneAfterTheOther));

  const start = Date.now();
  await pause(bench, 'inventory.events', false);
  const end = await lastChargedAt(bench, orderIds);
  await pause(bench, 'order.events', false);
  await Promise.all(orderIds.map((orderId) => bench.completed(orderId)));
  await bench.check(orderIds);
  return (count * 1_000) / (end - start);
}

async function pause({ system }: BenchSystem, consumer: string, paused: boolean): Promise<void> {
  const { status } = await system.call('PUT', `/api/consumers/${consumer}`, {
    admin: true,
    body: { paused },
  });
  strictEqual(status, 200);
}

/** In epoch ms, once all are charged. */
function lastChargedAt({ databases }: BenchSystem, orderIds: readonly string[]): Promise<number> {
  return eventually(
    async () => {
      // Looking costs what is being measured.
      await sleep(lookEveryMs);
      const [row] = await databases.query<{ charged: number; last: Date }>(
        'conveyor_payment',
        `select count(*)::int as charged, max(updated_at) as last from charges
         where status = 'charged' and order_id = any($1::uuid[])`,
        [orderIds],
      );
      if (row?.charged !== orderIds.length)
        throw new Error(`${row?.charged} of ${orderIds.length} are charged`);
      return row.last.getTime();
    },
    { timeoutMs: 600_000 },
  );
}
