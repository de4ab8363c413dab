import type { Combination } from '@conveyor/e2e/combinations';
import { combinations } from '@conveyor/e2e/combinations';
import { nameOf } from '@conveyor/e2e/order-cost/measure-cost';
import type { Aim, Comparison, Figure } from '../figure.ts';
import { interleaved, type Side } from '../interleaved.ts';
import { type BenchSystem, startBenchSystem } from '../load/bench-system.ts';
import { closedLoop } from '../load/loops.ts';
import type { Part } from '../without/changes.ts';
import { environmentWith } from '../without/environment.ts';

/** The kinds of orders that are told apart by the most: what their brokers and sagas do differently. */
const compared = combinations.filter(
  ({ saga, broker }) => (saga === 'choreography') === (broker === 'kafka'),
);

/** Throughput of the system as it is, next to one that runs without one of its parts. */
function withAndWithout(part: Part, what: string, aim?: Aim): Figure {
  return {
    name: part,
    what: `completed orders a second, ${what}`,
    against: `the same without it, by a system beside this one that waits meanwhile`,

    async measure(run) {
      run.say('starting two systems');
      const whole = await startBenchSystem('whole', run.signal);
      try {
        const less = await startBenchSystem(`without-${part}`, run.signal, environmentWith(part));
        try {
          const load = (bench: BenchSystem, combination: Combination): Side => {
            return async () => {
              const { orderIds, perSecond } = await closedLoop(bench, combination, run.orders, run.atOnce);
              await bench.check(orderIds);
              return perSecond;
            };
          };
          const bothAtRest = async () => {
            await Promise.all([whole.atRest(), less.atRest()]);
          };
          const comparisons: Comparison[] = [];
          for (const combination of compared) {
            run.say(nameOf(combination));
            for (const bench of [whole, less]) await closedLoop(bench, combination, 20, run.atOnce);
            const { ours, theirs } = await interleaved(
              run,
              { ours: load(whole, combination), theirs: load(less, combination) },
              bothAtRest,
            );
            comparisons.push({
              what: nameOf(combination),
              unit: 'orders/s',
              ours,
              theirs,
              ...(aim && { aim }),
            });
          }
          return { comparisons };
        } finally {
          await less.stop();
        }
      } finally {
        await whole.stop();
      }
    },
  };
}

export const recorder = withAndWithout('recorder', 'with the flight recorder', {
  is: 'at least',
  ratio: 0.85,
});
export const batching = withAndWithout(
  'batching',
  'with messages that share transactions and batches of the relay',
  { is: 'at least', ratio: 3 },
);
export const inbox = withAndWithout('inbox', 'with an inbox row for each message');
