import { strictEqual } from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Combination, combinations } from '@conveyor/e2e/combinations';
import { nameOf } from '@conveyor/e2e/order-cost/measure-cost';
import { eventually } from '@conveyor/testing/eventually';
import type { Comparison, Figure, Run } from '../figure.ts';
import { interleaved, type Side } from '../interleaved.ts';
import { type BenchSystem, startBenchSystem } from '../load/bench-system.ts';
import { type Instances, instancesOf } from '../load/instances.ts';
import { waitingFor } from '../load/waiting.ts';
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
/** For all to be charged. */
const limitMs = 600_000;

const compared = combinations.filter(({ saga }) => saga === 'choreography');

export const paymentInstances: Figure = {
  name: 'payment-instances',
  what: 'charges a second with 2 and with 4 instances of payment, from the first that is settled to the last, while the provider takes 50 ms for each. All of them wait for payment before, and their orders go on after, so that the machine does little else meanwhile. An instance has one charge in hand at a time (50 as it is shipped, with which one would do as much as the machine can): so it does 20 a second at most, and fewer by what it does itself for each, two commits above all. More instances share the processors of this machine for that, also with the provider, the relays and the flight recorder, and where these are busy they bound it. Kafka shares out 6 partitions, so the fullest of 4 instances has a third of all',
  against: 'as many times what one instance does',

  async measure(run) {
    run.say('starting the system');
    const bench = await startBenchSystem('payment-instances', run.signal, environmentWith('slow-charges'));
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
      await chargesPerSecond(run, bench, instances, combination, warmUp);
      return chargesPerSecond(run, bench, instances, combination, run.orders);
    };
  const sides = Object.fromEntries([1, ...counts.map(({ count }) => count)].map((n) => [n, sideOf(n)]));
  const measured = await interleaved(run, sides, bench.atRest);
  const one = measured['1'] ?? [];
  return counts.map(({ count, aim }) => ({
    what: `${nameOf(combination)}, ${count} instances`,
    unit: 'charges/s',
    ours: measured[String(count)] ?? [],
    theirs: one.map((perSecond) => perSecond * count),
    ...(aim && { aim }),
  }));
}

/** Holds orders up before their charge, lets all be charged and, once that is timed, go on to their end. */
async function chargesPerSecond(
  run: Run,
  bench: BenchSystem,
  instances: Instances,
  combination: Combination,
  count: number,
): Promise<number> {
  await pauseOrders(bench, true);
  await instances.pause('payment.charge', true);
  const orderIds: string[] = [];
  let next = 0;
  async function oneAfterTheOther(): Promise<void> {
    while (next < count) orderIds.push(await bench.place(next++, combination, slowly));
  }
  await Promise.all(Array.from({ length: Math.min(run.atOnce, count) }, oneAfterTheOther));
  await bench.atRest(['order.events', 'payment.charge']);
  strictEqual(await waitingFor(bench.system, 'payment.charge', combination.broker), count);

  await instances.pause('payment.charge', false);
  const perSecond = await speedOfCharges(run, bench, orderIds);
  await pauseOrders(bench, false);
  for (const orderId of orderIds) await bench.completed(orderId);
  await bench.check(orderIds);
  return perSecond;
}

async function pauseOrders({ system }: BenchSystem, paused: boolean): Promise<void> {
  const { status } = await system.call('PUT', '/api/consumers/order.events', {
    admin: true,
    body: { paused },
  });
  strictEqual(status, 200);
}

/** From the first charge that was settled to the last, once all are. */
function speedOfCharges(
  { signal }: Run,
  { databases }: BenchSystem,
  orderIds: readonly string[],
): Promise<number> {
  return eventually(
    async () => {
      // Looking costs what is being measured.
      await sleep(lookEveryMs);
      const [row] = await databases.query<{ charged: number; first: Date; last: Date }>(
        'conveyor_payment',
        `select count(*)::int as charged, min(updated_at) as first, max(updated_at) as last from charges
         where status = 'charged' and order_id = any($1::uuid[])`,
        [orderIds],
      );
      if (row?.charged !== orderIds.length)
        throw new Error(`${row?.charged} of ${orderIds.length} are charged`);
      return ((row.charged - 1) * 1_000) / (row.last.getTime() - row.first.getTime());
    },
    { timeoutMs: limitMs, signal },
  );
}
