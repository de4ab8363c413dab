import { type Combination, combinations } from '@conveyor/e2e/combinations';
import { nameOf } from '@conveyor/e2e/order-cost/measure-cost';
import { eventually } from '@conveyor/testing/eventually';
import { median } from '@conveyor/testing/median';
import type { Comparison, Figure, Plot, Run } from '../figure.ts';
import { interleaved } from '../interleaved.ts';
import { type BenchSystem, startBenchSystem } from '../load/bench-system.ts';
import { distribution } from '../load/distribution.ts';
import { hopsOf, timedChains } from '../load/hops.ts';
import { closedLoop, type Lateness, openLoop } from '../load/loops.ts';
import { aboutTail, tail } from '../load/tail.ts';
import { openRelayGround, type RelayGround } from '../relay/relay-ground.ts';

/** Of what the system can do at most. */
const share = 0.3;

export const latency: Figure = {
  name: 'latency',
  what: `milliseconds from the moment that an order is to be placed until its completion is recorded, a moment before the commit, at ${share * 100} % of what the system can do, whatever becomes of those before; ${aboutTail}`,
  against:
    'one commit and one confirm, by plain drivers on the same servers, for each message that leads to the completion, one after the other and timed together',

  async measure(run) {
    run.say('starting the system');
    const bench = await startBenchSystem('latency', run.signal);
    try {
      const ground = await openRelayGround(bench.system.stack.env);
      try {
        await ground.database.query('create table hops (body bytea)');
        const comparisons: Comparison[] = [];
        const lines: Plot['lines'][number][] = [];
        for (const combination of combinations) {
          const measured = await compared(run, bench, ground, combination);
          comparisons.push(...measured.comparisons);
          lines.push({ name: nameOf(combination), points: distribution(measured.lateMs) });
        }
        const plot = { title: 'How long an order takes', x: 'milliseconds', y: '% of orders', lines };
        return { comparisons, plots: [plot] };
      } finally {
        await ground.stop();
      }
    } finally {
      await bench.stop();
    }
  },
};

async function compared(
  run: Run,
  bench: BenchSystem,
  ground: RelayGround,
  combination: Combination,
): Promise<{ readonly comparisons: readonly Comparison[]; readonly lateMs: Lateness }> {
  await closedLoop(bench, combination, 20, run.atOnce);
  await bench.atRest();
  const { perSecond: most, orderIds } = await closedLoop(bench, combination, run.orders, run.atOnce);
  const perSecond = most * share;
  const hops = await eventually(() => hopsOf(bench.databases, orderIds[0] ?? ''), { timeoutMs: 60_000 });
  run.say(
    `${nameOf(combination)}: at most ${most.toFixed(1)} orders/s, so ${perSecond.toFixed(1)}; ${hops} messages lead to the end`,
  );
  const sender = await ground.plain[combination.broker]();
  const late: Lateness[] = [];
  const bare: (readonly number[])[] = [];
  try {
    const sides = {
      ours: async () => {
        const { lateMs } = await openLoop(bench, combination, run.orders, perSecond, run.signal);
        late.push(lateMs);
        return median(lateMs);
      },
      theirs: async () => {
        const taken = await timedChains(ground, combination.broker, sender, hops);
        bare.push(taken);
        return median(taken);
      },
    };
    const { ours, theirs } = await interleaved(run, sides, bench.atRest);
    const what = nameOf(combination);
    return {
      lateMs: late.flat(),
      comparisons: [
        { what: `${what}, p50`, unit: 'ms', ours, theirs, aim: { is: 'at most', ratio: 2.5 } },
        tail(what, { ours: late, theirs: bare }),
      ],
    };
  } finally {
    await sender.close();
  }
}
