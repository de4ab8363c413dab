import { type Freshness, freshnessOfEvents, type Pace } from '@conveyor/e2e/freshness';
import { type EventLog, openLog } from '@conveyor/e2e/planted-events';
import { refreshMs, untilSame } from '@conveyor/e2e/read-side';
import { prepareLoaders } from '@conveyor/e2e/rebuild-speed';
import { percentile } from '@conveyor/testing/percentile';
import type { Comparison, Figure, Measured, Run } from '../figure.ts';
import { interleaved } from '../interleaved.ts';
import { type BenchSystem, startBenchSystem } from '../load/bench-system.ts';
import { distribution } from '../load/distribution.ts';

/** Of all rows, so many orders: each has four events, and a document. */
const rowsOfAnOrder = 5;
/** With 50 orders a second, of four events each. */
const pace: Pace = { perSecond: 50, atOnce: 5, seconds: 20, warmSeconds: 15 };
/** What the relay is promised to take for 99 of 100 messages, in milliseconds: a change is on the log by then. */
const relayP99 = 50;
const promised = refreshMs + 2 * relayP99;
const readyWithinMs = 60_000;

export const readSide: Figure = {
  name: 'read-side',
  what: `documents a second when the read model is rebuilt from all events; and milliseconds from an event on the log, of ${pace.perSecond} orders a second, until a search finds it, 99 of 100`,
  against:
    'a bare loader, which sends the same documents, finished, to an index of the same mapping; and the interval at which Elasticsearch refreshes, with twice what is promised of the relay',

  async measure(run) {
    run.say('starting the system');
    const bench = await startBenchSystem('read-side', run.signal);
    try {
      return await measured(run, bench);
    } finally {
      await bench.stop();
    }
  },
};

async function measured(run: Run, bench: BenchSystem): Promise<Measured> {
  // Its index is made after the services have started.
  await untilSame(bench.system, bench.databases, readyWithinMs);
  const log = await openLog(bench.system.stack);
  try {
    const found = await foundAfter(run, bench, log);
    const rebuild = await rebuiltBeside(run, bench, log);
    const points = distribution(found.flatMap(({ lateMs }) => lateMs));
    return {
      comparisons: [rebuild, freshnessOf(found)],
      plots: [
        {
          title: 'How long until a search finds a change',
          x: 'milliseconds',
          y: '% of changes',
          lines: [{ name: 'all rounds', points }],
        },
      ],
    };
  } finally {
    await log.close();
  }
}

async function foundAfter(run: Run, { system }: BenchSystem, log: EventLog): Promise<readonly Freshness[]> {
  const rounds: Freshness[] = [];
  for (let round = 1; round <= run.rounds; round++) {
    run.signal.throwIfAborted();
    const warmSeconds = round === 1 ? pace.warmSeconds : 1;
    const freshness = await freshnessOfEvents(system, log, { ...pace, warmSeconds });
    if (freshness.came < pace.perSecond * 0.9) throw new Error(`only ${freshness.came} orders a second came`);
    rounds.push(freshness);
    run.say(`round ${round} of ${run.rounds}: found after ${p99(freshness)} ms`);
  }
  return rounds;
}

function freshnessOf(rounds: readonly Freshness[]): Comparison {
  return {
    what: 'freshness, p99',
    unit: 'ms',
    ours: rounds.map(p99),
    theirs: rounds.map(() => promised),
    aim: { is: 'at most', ratio: 1 },
  };
}

async function rebuiltBeside(
  run: Run,
  { system, databases, atRest }: BenchSystem,
  log: EventLog,
): Promise<Comparison> {
  const orders = Math.ceil(run.rows / rowsOfAnOrder);
  run.say(`planting the events of ${orders} orders`);
  const { documents, rebuild, bare } = await prepareLoaders(system, databases, log, orders);
  const speeds = await interleaved(run, { rebuild, bare }, atRest);
  return {
    what: `rebuild of ${documents} documents`,
    unit: 'documents/s',
    ours: speeds.rebuild,
    theirs: speeds.bare,
    aim: { is: 'at least', ratio: 0.7 },
  };
}

const p99 = ({ lateMs }: Freshness) => percentile(lateMs, 0.99);
