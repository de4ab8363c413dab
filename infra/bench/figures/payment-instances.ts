import { type Combination, combinations } from '@conveyor/e2e/combinations';
import { nameOf } from '@conveyor/e2e/order-cost/measure-cost';
import type { Comparison, Figure, Run } from '../figure.ts';
import { interleaved, type Side } from '../interleaved.ts';
import { type BenchSystem, startBenchSystem } from '../load/bench-system.ts';
import { type Instances, instancesOf } from '../load/instances.ts';
import { closedLoop } from '../load/loops.ts';
import { environmentWith } from '../without/environment.ts';

/** Which more instances are measured, and what is promised of them. */
const counts: readonly { readonly count: number; readonly aim?: Comparison['aim'] }[] = [
  { count: 2, aim: { is: 'at least', ratio: 0.8 } },
  { count: 4 },
];

/** The token with which the provider takes its time: with the changes of this run, 50 ms. */
const slowly = { paymentToken: 'tok_slow' };

const compared = combinations.filter(({ saga }) => saga === 'choreography');

export const paymentInstances: Figure = {
  name: 'payment-instances',
  what: 'completed orders a second with 2 and with 4 instances of payment, while the provider takes 50 ms for a charge. An instance has one charge in hand at a time here (50 as it is shipped, which keep a machine like this busy without any second instance), so that the wait is what bounds it',
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
  const slow = {
    place: (n: number) => bench.place(n, combination, slowly),
    completed: bench.completed,
  };
  const sideOf =
    (count: number): Side =>
    async () => {
      await instances.atWork(count);
      // A new instance has everything to load and to connect.
      await closedLoop(slow, combination, 20, run.atOnce);
      const { orderIds, perSecond } = await closedLoop(slow, combination, run.orders, run.atOnce);
      await bench.check(orderIds);
      return perSecond;
    };
  const sides = Object.fromEntries([1, ...counts.map(({ count }) => count)].map((n) => [n, sideOf(n)]));
  const measured = await interleaved(run, sides);
  const one = measured['1'] ?? [];
  return counts.map(({ count, aim }) => ({
    what: `${nameOf(combination)}, ${count} instances`,
    unit: 'orders/s',
    ours: measured[String(count)] ?? [],
    theirs: one.map((perSecond) => perSecond * count),
    ...(aim && { aim }),
  }));
}
