import { combinations } from '@conveyor/e2e/combinations';
import type { Figure } from '../figure.ts';
import { startBenchSystem } from '../load/bench-system.ts';
import { closedLoop } from '../load/loops.ts';
import { stateOf } from '../load/state-of.ts';
import { memoryOf, overTenths, plotsOf, type Tenth } from '../load/tenths.ts';

const parts = 10;
/** Of each kind, before anything is measured. */
const warmUp = 20;

export const endurance: Figure = {
  name: 'endurance',
  what: 'the last tenth of all orders of a run, of all rounds in a row or, with `--soak`, of 200,000: speed, memory of the services, rows that pile up in outboxes and inboxes. Inbox rows are kept for days, so they are told for each order',
  against:
    'the first tenth, which begins on a system that has just been started, after a few orders to warm it up; of the speed also the best tenth of the ten',

  async measure(run) {
    run.say('starting the system');
    const bench = await startBenchSystem('endurance', run.signal);
    try {
      for (const combination of combinations) await closedLoop(bench, combination, warmUp, run.atOnce);
      const each = Math.ceil(run.inARow / parts / combinations.length);
      const perTenth = each * combinations.length;
      const tenths: Tenth[] = [];
      const orderIds: string[] = [];
      for (let part = 1; part <= parts; part++) {
        run.signal.throwIfAborted();
        const start = performance.now();
        for (const combination of combinations)
          orderIds.push(...(await closedLoop(bench, combination, each, run.atOnce)).orderIds);
        const perSecond = (perTenth * 1_000) / (performance.now() - start);
        const state = await stateOf(bench.system.stack, bench.databases);
        const tenth = { orders: warmUp * combinations.length + perTenth * part, perSecond, state };
        tenths.push(tenth);
        run.say(
          `${part} of ${parts}: ${perSecond.toFixed(1)} orders/s, ${Math.round(memoryOf(tenth))} MiB, ${state.outboxes.live} rows wait in the outboxes`,
        );
      }
      await bench.check(orderIds);
      return { comparisons: overTenths(tenths), plots: plotsOf(tenths) };
    } finally {
      await bench.stop();
    }
  },
};
