import { type Combination, combinations } from '@conveyor/e2e/combinations';
import { type LoneOrder, loneOrders, nameOf } from '@conveyor/e2e/order-cost/measure-cost';
import type { Comparison, Figure, Plot, Run } from '../figure.ts';
import { interleaved } from '../interleaved.ts';
import { type BenchSystem, shelves, startBenchSystem } from '../load/bench-system.ts';
import { closedLoop, type Load } from '../load/loops.ts';
import { copyDatabases } from '../pgbench/copies.ts';
import { type Replay, replayOf } from '../pgbench/run-pgbench.ts';

const [shelf = ''] = shelves;
const numberOf = (name: string | undefined) => Number(name?.replace(/\D+/, ''));
const allShelves = { name: shelf, from: numberOf(shelves[0]), to: numberOf(shelves.at(-1)) };

export const throughput: Figure = {
  name: 'throughput',
  what: 'completed orders a second, as many at once as are given, nothing lost or doubled afterwards',
  against:
    "pgbench, with the SQL of one such order as the services' handlers have sent it while there was no other: each order in transactions of its own, as plain statements with their values in them, without those of relays and flight recorder",

  async measure(run) {
    run.say('starting the system');
    const bench = await startBenchSystem('throughput', run.signal);
    try {
      run.say('listening to single orders');
      const lone = await loneOrders(bench.system, 1, shelf);
      run.say('copying the databases');
      await copyDatabases(bench.system.stack, bench.databases);
      await warmUp(run, bench);
      const comparisons: Comparison[] = [];
      const lines: Plot['lines'][number][] = [];
      for (const combination of combinations) {
        const { comparison, last } = await compared(run, bench, combination, lone);
        comparisons.push(comparison);
        lines.push({ name: nameOf(combination), points: overTime(last) });
      }
      const plot = { title: 'Completed orders over time', x: 'seconds', y: 'orders a second', lines };
      return { comparisons, plots: [plot] };
    } finally {
      await bench.stop();
    }
  },
};

async function compared(
  run: Run,
  bench: BenchSystem,
  combination: Combination,
  lone: readonly LoneOrder[],
): Promise<{ readonly comparison: Comparison; readonly last: Load }> {
  const own = lone.filter((order) => order.combination === combination);
  const replay = await replayOf(
    bench.system.stack.env.POSTGRES_URL,
    own.flatMap(({ transactions }) => transactions),
    allShelves,
  );
  try {
    await bench.atRest();
    const clients = await bestClients(run, replay);
    run.say(`${nameOf(combination)}; pgbench is best with ${clients} clients in each database`);
    const loads: Load[] = [];
    const sides = {
      ours: async () => {
        const load = await closedLoop(bench, combination, run.orders, run.atOnce);
        loads.push(load);
        await bench.check(load.orderIds);
        return load.perSecond;
      },
      theirs: () => replay.perSecond(run.orders, clients),
    };
    const { ours, theirs } = await interleaved(run, sides, bench.atRest);
    const last = loads.at(-1);
    if (!last) throw new Error('no order was placed');
    const aim = { is: 'at least', ratio: 0.5 } as const;
    return { comparison: { what: nameOf(combination), unit: 'orders/s', ours, theirs, aim }, last };
  } finally {
    await replay.close();
  }
}

/** With which of these pgbench is fastest. */
async function bestClients(run: Run, replay: Replay): Promise<number> {
  let [best, fastest] = [1, 0];
  for (const clients of [1, 2, 4, 8]) {
    const perSecond = await replay.perSecond(Math.min(run.orders, 200), clients);
    if (perSecond > fastest) [best, fastest] = [clients, perSecond];
  }
  return best;
}

async function warmUp(run: Run, bench: BenchSystem): Promise<void> {
  run.say('warming up');
  for (const combination of combinations) await closedLoop(bench, combination, 20, run.atOnce);
}

/** How many were completed in each second. */
function overTime({ completedAt }: Load): Plot['lines'][number]['points'] {
  const seconds = Math.floor(completedAt.at(-1) ?? 0);
  return Array.from({ length: seconds }, (_, second) => [
    second,
    completedAt.filter((at) => at >= second && at < second + 1).length,
  ]);
}
