import { combinations } from '@conveyor/e2e/combinations';
import type { Comparison, Figure } from '../figure.ts';
import { startBenchSystem } from '../load/bench-system.ts';
import { closedLoop } from '../load/loops.ts';
import { type State, stateOf } from '../load/state-of.ts';

const parts = 10;
/** Of each kind, before anything is measured. */
const warmUp = 20;
const warmUps = warmUp * combinations.length;

export const endurance: Figure = {
  name: 'endurance',
  what: 'the last tenth of all orders of a run, of all rounds in a row or, with `--soak`, of 200,000: speed, memory of the services, rows that pile up in outboxes and inboxes. Inbox rows are kept for days, so they are told for each order',
  against: 'the first tenth',

  async measure(run) {
    run.say('starting the system');
    const bench = await startBenchSystem('endurance');
    try {
      for (const combination of combinations) await closedLoop(bench, combination, warmUp, run.atOnce);
      const each = Math.ceil(run.inARow / parts / combinations.length);
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
          `${part} of ${parts}: ${perSecond.toFixed(1)} orders/s, ${Math.round(state.memory)} MiB, ${state.outboxes.dead} dead rows in the outboxes`,
        );
      }
      await bench.check(orderIds);
      const [first, last] = [tenths[0], tenths[parts - 1]];
      if (!first || !last) throw new Error('nothing was measured');
      const perTenth = each * combinations.length;
      const reported = (
        what: string,
        unit: string,
        of: (state: State, orders: number) => number,
      ): Comparison => ({
        what,
        unit,
        ours: [of(last.state, warmUps + perTenth * parts)],
        theirs: [of(first.state, warmUps + perTenth)],
      });
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
        reported('dead rows of the outboxes', 'rows', ({ outboxes }) => outboxes.dead),
        reported('rows that wait in the outboxes', 'rows', ({ outboxes }) => outboxes.live),
        reported('dead rows of the inboxes', 'rows', ({ inboxes }) => inboxes.dead),
        reported('rows of the inboxes', 'rows/order', ({ inboxes }, orders) => inboxes.live / orders),
      ];
      const points = (of: (tenth: (typeof tenths)[number]) => number) =>
        tenths.map((tenth, n) => [(n + 1) * perTenth, of(tenth)] as const);
      return {
        comparisons,
        plots: [
          {
            title: 'Memory of all services',
            x: 'orders',
            y: 'MiB',
            lines: [{ name: 'resident', points: points(({ state }) => state.memory) }],
          },
          {
            title: 'Rows of all outboxes',
            x: 'orders',
            y: 'rows',
            lines: [
              { name: 'dead', points: points(({ state }) => state.outboxes.dead) },
              { name: 'waiting', points: points(({ state }) => state.outboxes.live) },
            ],
          },
        ],
      };
    } finally {
      await bench.stop();
    }
  },
};
