import { combinations } from '@conveyor/e2e/combinations';
import { nameOf } from '@conveyor/e2e/order-cost/measure-cost';
import type { Comparison, Figure } from '../figure.ts';
import { interleaved, type Side } from '../interleaved.ts';
import { startBenchSystem } from '../load/bench-system.ts';
import { closedLoop } from '../load/loops.ts';

/** What is held against what. */
const pairs = [
  ['orchestration on kafka', 'choreography on kafka'],
  ['orchestration on rabbitmq', 'choreography on rabbitmq'],
  ['choreography on rabbitmq', 'choreography on kafka'],
  ['orchestration on rabbitmq', 'orchestration on kafka'],
] as const;

export const styles: Figure = {
  name: 'styles',
  what: 'completed orders a second of one saga style, or on one broker',
  against: 'the other one',

  async measure(run) {
    run.say('starting the system');
    const bench = await startBenchSystem('styles', run.signal);
    try {
      const sides: Record<string, Side> = {};
      for (const combination of combinations) {
        await closedLoop(bench, combination, 20, run.atOnce);
        sides[nameOf(combination)] = async () => {
          const { orderIds, perSecond } = await closedLoop(bench, combination, run.orders, run.atOnce);
          await bench.check(orderIds);
          return perSecond;
        };
      }
      const measured = await interleaved(run, sides, bench.atRest);
      const comparisons = pairs.map(
        ([one, other]): Comparison => ({
          what: `${one}, against ${other}`,
          unit: 'orders/s',
          ours: measured[one] ?? [],
          theirs: measured[other] ?? [],
        }),
      );
      return { comparisons };
    } finally {
      await bench.stop();
    }
  },
};
