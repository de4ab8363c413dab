import { combinations } from '@conveyor/e2e/combinations';
import type { Comparison, Figure } from '../figure.ts';
import { startBenchSystem } from '../load/bench-system.ts';
import { closedLoop } from '../load/loops.ts';
import { type State, stateOf } from '../load/state-of.ts';

const parts = 10;

export const endurance: Figure = {
  name: 'endurance',
  what: 'the last tenth of all orders of a run, of all rounds in a row: speed, memory of the services, dead rows in the outboxes',
  against: 'the first tenth',

  async measure(run) {
    run.say('starting the system');
    const bench = await startBenchSystem('endurance');
    try {
      for (const combination of combinations) await closedLoop(bench, combination, 20, run.atOnce);
      const each = Math.ceil((run.orders * run.rounds) / parts / combinations.length);
      const tenths: { readonly perSecond: number; readonly state: State }[] = [];
      const orderIds: string[] = [];
      for (let part = 1; part <= parts; part++) {
        run.signal.throwIfAborted();
        const start = performance.now();
        for (const combination of combinations)
          orderIds.push(...(await closedLoop(bench, combination, each, run.atOnce)).orderIds);
        const perSecond = (each * combinations.length * 1_000) / (performance.now() - start);
        const state = await stateOf(bench.system.stack, bench.databases);
        tenths.push({ perSecond, state });
        run.say(
          `${part} of ${parts}: ${perSecond.toFixed(1)} orders/s, ${Math.round(state.memory)} MiB, ${state.deadRows} dead rows`,
        );
      }
      await bench.check(orderIds);
      const [first, last] = [tenths[0], tenths[parts - 1]];
      if (!first || !last) throw new Error('nothing was measured');
      const comparisons: readonly Comparison[] = [
        {
          what: 'speed',
          unit: 'orders/s',
          ours: [last.perSecond],
          theirs: [first.perSecond],
          aim: { is: 'at least', ratio: 0.9 },
        },
        {
          what: 'memory of the services',
          unit: 'MiB',
          ours: [last.state.memory],
          theirs: [first.state.memory],
          aim: { is: 'at most', ratio: 1.2 },
        },
        {
          what: 'dead rows of the outboxes',
          unit: 'rows',
          ours: [last.state.deadRows],
          theirs: [first.state.deadRows],
        },
      ];
      const points = (of: (tenth: (typeof tenths)[number]) => number) =>
        tenths.map((tenth, n) => [(n + 1) * each * combinations.length, of(tenth)] as const);
      return {
        comparisons,
        plots: [
          {
            title: 'Memory of all services',
            x: 'orders',
            y: 'MiB',
            lines: [{ name: 'resident', points: points(({ state }) => state.memory) }],
          },
        ],
      };
    } finally {
      await bench.stop();
    }
  },
};
