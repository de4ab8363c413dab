import { deepStrictEqual, ok, strictEqual } from 'node:assert/strict';
import { test } from 'node:test';
import type { Timeline } from '@conveyor/contracts/http';
import { freePorts } from '@conveyor/local/stack';
import { eventually } from '@conveyor/testing/eventually';
import { busiestTaskMs } from './busiest-task.ts';
import { type Combination, combinations } from './combinations.ts';
import { launchBrowser } from './console-browser.ts';
import { fullSize } from './full-size.ts';
import { type Life, replayStream } from './stream-replay.ts';
import type { System } from './system.ts';
import { openUnwatched } from './unwatched-page.ts';

const ordersPerSecond = 200;
const mostFramesPerSecond = 10;
/** Promised are 200. In a run of all tests the processor is shared, and even its own time is longer then. */
const longestTaskMs = fullSize ? 200 : 300;
/** From the first rounds to the last; what is heard between them would be some 80 MB. */
const mostGrowthMb = 1;
/** In each round every view is looked at for so long. */
const [rounds, lookMs] = [fullSize ? 10 : 1, 2_000];
/** Of the full size. */
const leastSeconds = 60;

const slow = { timeout: 600_000 };
const patient = { timeoutMs: 60_000 };

interface Running {
  readonly gateway: string;
  readonly system: System;
}

const mug = { customerId: 'ada', items: [{ sku: 'mug', quantity: 1 }] };

/** Those that live on what is heard: where each is, and what must be there. */
const views = [
  { address: async () => 'place', shows: 'Stoneware mug' },
  {
    address: async (system: System) => `orders/${(await system.place(mug)).body.orderId}`,
    shows: 'Its messages',
  },
  { address: async () => 'flow', shows: 'Consumer groups' },
];

/** How the page bears what two hundred orders a second tell it: the lives of real ones, over and over, as those of new ones. */
export function testReplay(running: () => Running): void {
  test('the page draws at its own pace, and keeps little, however much it hears', slow, async (t) => {
    const { gateway, system } = running();
    const lives = await Promise.all(combinations.map((each) => lifeOf(system, each)));
    const replay = await replayStream(gateway, lives, ordersPerSecond);
    t.after(() => replay.close());
    const debuggingPort = (await freePorts()).gateway;
    const browser = await launchBrowser(debuggingPort);
    t.after(() => browser.close());
    const page = await openUnwatched(debuggingPort, replay.url);

    const [frames, busy, megabytes]: [number[], number[], number[]] = [[], [], []];
    for (let round = 0; round < rounds; round++) {
      for (const { address, shows } of views) {
        const view = await address(system);
        const look = async () => {
          await page.evaluate(`location.hash = '#/${view}'`);
          await eventually(
            async () => ok(await page.evaluate(`document.body.innerText.includes('${shows}')`)),
            patient,
          );
          frames.push(await page.evaluate(framesPerSecond));
        };
        busy.push(await busiestTaskMs(browser, look));
      }
      megabytes.push(await page.heapMb());
    }
    replay.hush();
    const { orders, entries, seconds } = replay.told();
    // At most a moment behind, and all of it.
    await eventually(async () => strictEqual(await page.evaluate<number>('heard'), entries));
    const longest = Math.max(...busy);

    t.diagnostic(`${orders} orders told in ${seconds} s, ${(orders / seconds).toFixed(1)} a second`);
    t.diagnostic(`${entries} entries, all of them heard`);
    t.diagnostic(`at most ${Math.max(...frames).toFixed(1)} frames a second`);
    t.diagnostic(
      `busy with one task for ${longest.toFixed(0)} ms at most; ${megabytes.map((each) => each.toFixed(2)).join(', ')} MB`,
    );
    for (const each of frames) ok(each <= mostFramesPerSecond, `${each} frames a second`);
    ok(longest < longestTaskMs, `${longest} ms`);
    deepStrictEqual(page.errors, []);
    ok(orders >= ordersPerSecond * seconds * 0.95, 'the page keeps up with what it is told');
    if (fullSize) {
      ok(seconds >= leastSeconds, `${seconds} s`);
      // The first round is the one in which all that a view needs is made.
      const growth = Math.min(...megabytes.slice(-3)) - Math.min(...megabytes.slice(1, 4));
      ok(growth <= mostGrowthMb, `it has grown by ${growth} MB`);
    }
  });
}

/** What the flight recorder has of an order, once it has come to its end. */
async function lifeOf(system: System, combination: Combination): Promise<Life> {
  // A system that has just started may be too slow for the quote of its first orders.
  const { orderId } = await eventually(async () => {
    const { status, body } = await system.place({ ...mug, ...combination });
    strictEqual(status, 202, JSON.stringify(body));
    return body;
  }, patient);
  return eventually(async () => {
    const { entries, saga } = (await system.call<Timeline>('GET', `/api/orders/${orderId}/timeline`)).body;
    ok(saga.state === 'done' && entries.some(({ type }) => type === 'notification.delivered'));
    return entries;
  }, patient);
}

const framesPerSecond = `new Promise((resolve) => {
  const [before, begun] = [frames, performance.now()];
  setTimeout(() => resolve(((frames - before) * 1_000) / (performance.now() - begun)), ${lookMs});
})`;
