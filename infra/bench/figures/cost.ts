import { inWords, readBudget, recordBudget } from '@conveyor/e2e/order-cost/budget';
import { type Cost, figures } from '@conveyor/e2e/order-cost/cost';
import { measureOrderCost } from '@conveyor/e2e/order-cost/measure-cost';
import { startSystem } from '@conveyor/e2e/system';
import type { Comparison, Figure, Run } from '../figure.ts';

/** Counted, not timed: it is the same in each round, so there is one. */
export const cost: Figure = {
  name: 'cost',
  what: "what one completed order costs all services together, one order at a time, but for the relays' own statements and the flight recorder",
  against: 'the recorded budget',

  async measure(run) {
    const [budget, measured] = [await readBudget(), await measuredCost(run)];
    const total = (services: Readonly<Record<string, Cost>> | undefined, figure: keyof Cost) =>
      Object.values(services ?? {}).reduce((sum, each) => sum + each[figure], 0);
    const comparisons = Object.keys(measured).flatMap((combination) =>
      figures.map(
        (figure): Comparison => ({
          what: combination,
          unit: inWords(figure),
          ours: [total(measured[combination], figure)],
          theirs: [total(budget[combination], figure)],
          aim: { is: 'at most', ratio: 1.1 },
        }),
      ),
    );
    // A broker that an order does not use has nothing to be compared.
    return { comparisons: comparisons.filter(({ ours, theirs }) => ours[0] !== 0 || theirs[0] !== 0) };
  },
};

/** Makes what an order costs now its budget. */
export async function recordCost(run: Run): Promise<void> {
  await recordBudget(await measuredCost(run));
}

async function measuredCost(run: Run) {
  run.say('starting the system');
  const system = await startSystem('bench-cost');
  try {
    run.say('placing orders, one at a time');
    return (await measureOrderCost(system, 5)).cost;
  } finally {
    await system.stop();
  }
}
