import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Combination, combinations } from '@conveyor/e2e/combinations';
import { nameOf } from '@conveyor/e2e/order-cost/measure-cost';
import { removeOldRuns } from '@conveyor/local/stack';
import { median } from '@conveyor/testing/median';
import type { Comparison, Figure, Run } from '../figure.ts';
import { interleaved, type Side } from '../interleaved.ts';
import { type BenchSystem, startBenchSystem } from '../load/bench-system.ts';
import { distribution } from '../load/distribution.ts';
import { closedLoop, openLoop } from '../load/loops.ts';
import { aboutTail, tail } from '../load/tail.ts';
import { checkTraces } from '../peers/check.ts';
import { startDbos } from '../peers/dbos.ts';
import type { Peer } from '../peers/peer.ts';
import { startRestate } from '../peers/restate.ts';
import { copyDatabases } from '../pgbench/copies.ts';

const runs = fileURLToPath(new URL('../../../.local/bench/', import.meta.url));

/** Of what the slowest of all can do at most. */
const share = 0.3;
/** No round at that pace takes longer. */
const seconds = 60;

/** Orders of one kind, or of one peer. */
type Contender = Omit<Peer, 'stop'>;

export const peers: Figure = {
  name: 'peers',
  what: `completed orders a second, as many at once as are given; and milliseconds from the moment that an order is to be placed until it is completed, at ${share * 100} % of what the slowest of all can do; ${aboutTail}`,
  against:
    'a DBOS workflow and a Restate one, each in one process, which take the same steps by the same handlers in copies of the databases; they keep no log of events, no flight recorder and no read side',

  async measure(run) {
    run.say('starting the system');
    const bench = await startBenchSystem('peers', run.signal);
    const started: Peer[] = [];
    try {
      run.say('copying the databases');
      await copyDatabases(bench.system.stack, bench.databases);
      await removeOldRuns(runs);
      const dir = join(runs, `peers-${process.pid}`);
      await mkdir(dir, { recursive: true });
      run.say('starting the peers');
      const dbos = await startDbos(bench.system.stack, bench.databases, dir, run.signal);
      started.push(dbos);
      const restate = await startRestate(bench.system.stack, bench.databases, dir, run.signal);
      started.push(restate);
      const ours = Object.fromEntries(combinations.map((each) => [nameOf(each), oursOf(bench, each)]));
      const theirs = { 'a DBOS workflow': dbos, 'a Restate workflow': restate };
      return await compared(run, ours, theirs, bench.atRest);
    } finally {
      for (const peer of started) await peer.stop();
      await bench.stop();
    }
  },
};

/** Our own orders, checked by what a peer is checked by: the provider has orders of peers, too. */
function oursOf(bench: BenchSystem, combination: Combination): Contender {
  const { completed, completedAt, databases } = bench;
  return {
    place: (n) => bench.place(n, combination),
    completed,
    completedAt,
    check: (orderIds) => checkTraces(databases, (name) => name, orderIds),
  };
}

type Contenders = Readonly<Record<string, Contender>>;

/** `atRest` is about ours: of peers, what follows a completion is waited for by their check. */
async function compared(run: Run, ours: Contenders, theirs: Contenders, atRest: () => Promise<void>) {
  const all = { ...ours, ...theirs };
  // It makes no difference to a peer, and ours know which they are.
  const [any] = combinations as [Combination];
  const sides = (measure: (contender: Contender, name: string) => Promise<number>): Record<string, Side> =>
    Object.fromEntries(
      Object.entries(all).map(([name, contender]) => [name, () => measure(contender, name)]),
    );

  run.say('warming up');
  for (const contender of Object.values(all)) {
    const { orderIds } = await closedLoop(contender, any, 20, run.atOnce);
    await contender.check(orderIds);
  }
  const perSecond = await interleaved(
    run,
    sides(async (contender) => {
      const load = await closedLoop(contender, any, run.orders, run.atOnce);
      await contender.check(load.orderIds);
      return load.perSecond;
    }),
    atRest,
  );

  const rate = share * Math.min(...Object.values(perSecond).map(median));
  const count = Math.min(run.orders, Math.ceil(rate * seconds));
  run.say(`${rate.toFixed(1)} orders/s of each, ${count} of them`);
  const lates = new Map(Object.keys(all).map((name) => [name, [] as (readonly number[])[]]));
  const p50 = await interleaved(
    run,
    sides(async (contender, name) => {
      const { orderIds, lateMs } = await openLoop(contender, any, count, rate, run.signal);
      await contender.check(orderIds);
      lates.get(name)?.push(lateMs);
      return median(lateMs);
    }),
    atRest,
  );

  const pairs = Object.keys(theirs).flatMap((their) => Object.keys(ours).map((our) => [our, their] as const));
  const comparisons = pairs.flatMap(([our, their]): readonly Comparison[] => {
    const between = (measured: Readonly<Record<string, readonly number[]>>) => ({
      ours: measured[our] ?? [],
      theirs: measured[their] ?? [],
    });
    const what = `${our}, against ${their}`;
    return [
      { what, unit: 'orders/s', ...between(perSecond), aim: { is: 'at least', ratio: 1 } },
      { what: `${what}, p50`, unit: 'ms', ...between(p50) },
      tail(what, { ours: lates.get(our) ?? [], theirs: lates.get(their) ?? [] }, { is: 'at most', ratio: 1 }),
    ];
  });
  const lines = [...lates].map(([name, rounds]) => ({ name, points: distribution(rounds.flat()) }));
  const plot = { title: 'How long an order takes, beside peers', x: 'milliseconds', y: '% of orders', lines };
  return { comparisons, plots: [plot] };
}
