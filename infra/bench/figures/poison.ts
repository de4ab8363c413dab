import { strictEqual } from 'node:assert/strict';
import { type Combination, combinations } from '@conveyor/e2e/combinations';
import { nameOf } from '@conveyor/e2e/order-cost/measure-cost';
import { eventually } from '@conveyor/testing/eventually';
import type { Comparison, Figure, Run } from '../figure.ts';
import { interleaved } from '../interleaved.ts';
import { type BenchSystem, startBenchSystem } from '../load/bench-system.ts';
import { closedLoop } from '../load/loops.ts';
import { openPoisoner, type Poisoner, poisoned } from '../load/poisoner.ts';

/** One poison message with so many orders. */
const every = 100;

/** Choreography alone: the poison is put where a new order is first heard of. */
const compared = combinations.filter(({ saga }) => saga === 'choreography');

export const poison: Figure = {
  name: 'poison',
  what: `completed orders a second while, with each ${every}th order, a message comes that nobody can handle and that ends as a dead letter: on RabbitMQ in the queue of inventory, on Kafka in the topic that all read`,
  against: 'the same without such messages',

  async measure(run) {
    run.say('starting the system');
    const bench = await startBenchSystem('poison', run.signal);
    try {
      const comparisons: Comparison[] = [];
      for (const combination of compared) comparisons.push(await withAndWithout(run, bench, combination));
      return { comparisons };
    } finally {
      await bench.stop();
    }
  },
};

async function withAndWithout(run: Run, bench: BenchSystem, combination: Combination): Promise<Comparison> {
  run.say(nameOf(combination));
  await closedLoop(bench, combination, 20, run.atOnce);
  const poisoner = await openPoisoner(bench.system.stack, combination.broker);
  const placing = poisoning(bench, poisoner);
  try {
    const sides = {
      ours: async () => {
        const before = await deadLetters(bench, combination);
        const { orderIds, perSecond } = await closedLoop(placing, combination, run.orders, run.atOnce);
        await bench.check(orderIds);
        const expected = before + Math.ceil(run.orders / every);
        await eventually(async () => strictEqual(await deadLetters(bench, combination), expected), {
          timeoutMs: 60_000,
        });
        return perSecond;
      },
      theirs: async () => {
        const { orderIds, perSecond } = await closedLoop(bench, combination, run.orders, run.atOnce);
        await bench.check(orderIds);
        return perSecond;
      },
    };
    const { ours, theirs } = await interleaved(run, sides, bench.atRest);
    return { what: nameOf(combination), unit: 'orders/s', ours, theirs };
  } finally {
    await poisoner.close();
  }
}

/** The same system, with a poison message before its first order and then before every hundredth. */
function poisoning(bench: BenchSystem, poisoner: Poisoner): Pick<BenchSystem, 'place' | 'completed'> {
  return {
    async place(n, combination) {
      if (n % every === 0) await poisoner.spread();
      return bench.place(n, combination);
    },
    completed: bench.completed,
  };
}

/** Of inventory, on the broker of these orders. */
async function deadLetters({ databases }: BenchSystem, { broker }: Combination): Promise<number> {
  const [row] = await databases.query<{ count: number }>(
    'conveyor_inventory',
    'select count(*)::int as count from dead_letters where broker = $1 and consumer = $2',
    [broker, poisoned],
  );
  return row?.count ?? 0;
}
