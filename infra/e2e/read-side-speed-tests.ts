import { ok } from 'node:assert/strict';
import { availableParallelism } from 'node:os';
import { type TestContext, test } from 'node:test';
import { percentile } from '@conveyor/testing/percentile';
import type { Databases } from './databases.ts';
import { type Freshness, freshnessOfEvents, freshnessOfOrders, type Pace } from './freshness.ts';
import { fullSize } from './full-size.ts';
import type { EventLog } from './planted-events.ts';
import { refreshMs } from './read-side.ts';
import { prepareLoaders } from './rebuild-speed.ts';
import type { System } from './system.ts';

/** What is promised besides the time until Elasticsearch shows what was written, in milliseconds. */
const ownMs = 500;
const slow = { timeout: 900_000 };
const duration = fullSize ? { seconds: 60, warmSeconds: 15 } : { seconds: 3, warmSeconds: 1 };

/** Eight services and their servers on one machine end three to five orders a second and core: this is what they keep up with. */
const ordersPace: Pace = { perSecond: Math.min(50, availableParallelism()), atOnce: 1, ...duration };
/** What is promised of the read side: so many orders, of four events each. */
const eventsPace: Pace = { perSecond: 50, atOnce: 5, ...duration };

interface Running {
  readonly system: System;
  readonly databases: Databases;
  readonly log: EventLog;
}

/** How fast the read side of the system that `running` answers is. At full size what is promised of a quiet machine is held, too. */
export function testReadSideSpeed(running: () => Running): void {
  test('how long after its commit a change is found by a search', slow, async (t) => {
    const { system, databases } = running();
    hold(t, ordersPace, await freshnessOfOrders(system, databases, ordersPace));
  });

  test('how long after an event is on the log it is found by a search', slow, async (t) => {
    const { system, log } = running();
    hold(t, eventsPace, await freshnessOfEvents(system, log, eventsPace));
  });

  test('how fast it is rebuilt, next to a bare bulk loader of the same documents', slow, async (t) => {
    const { system, databases, log } = running();
    const { documents, rebuild, bare } = await prepareLoaders(system, databases, log, 500);
    t.diagnostic(`${documents} documents: rebuilt ${await rebuild()}, bare ${await bare()} a second`);
  });
}

function hold(t: TestContext, { perSecond }: Pace, { lateMs, came }: Freshness): void {
  const [p50, p99, most] = [0.5, 0.99, 1].map((p) => percentile(lateMs, p));
  const changes = `${lateMs.length} changes of ${came.toFixed(1)} orders a second`;
  t.diagnostic(`${changes}: found after p50 ${p50}, p99 ${p99}, at most ${most} ms`);
  if (!fullSize) return;
  // The load must have been the one that the promise was made for.
  ok(came >= perSecond * 0.9, `only ${came} orders a second`);
  ok((p99 ?? Number.NaN) <= refreshMs + ownMs, `${p99} ms`);
}
