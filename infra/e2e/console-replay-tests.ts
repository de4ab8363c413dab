import { deepStrictEqual, ok, strictEqual } from 'node:assert/strict';
import { test } from 'node:test';
import type { Timeline } from '@conveyor/contracts/http';
import { eventually } from '@conveyor/testing/eventually';
import type { Browser, CDPSession } from 'playwright-core';
import { busiestTaskMs } from './busiest-task.ts';
import { type Combination, combinations } from './combinations.ts';
import { openConsole } from './console-browser.ts';
import { fullSize } from './full-size.ts';
import { type Life, replayJournal } from './journal-replay.ts';
import type { System } from './system.ts';

const ordersPerSecond = 200;
const mostFramesPerSecond = 10;
const longestTaskMs = 200;
/** From the first rounds to the last; what is heard between them would be some 80 MB. */
const mostGrowthMb = 1;
/** In each round every view is looked at for so long. */
const [rounds, lookMs] = [fullSize ? 10 : 1, 2_000];

const slow = { timeout: 600_000 };
const patient = { timeoutMs: 60_000 };
/** A gateway that is told more than it can write answers late. */
const inTime = { timeout: 60_000 };
/** What a small machine writes down more slowly than it is told comes later. */
const veryPatient = { timeoutMs: 300_000 };

interface Running {
  readonly browser: Browser;
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
    const { browser, gateway, system } = running();
    const { page, errors } = await openConsole(browser, gateway);
    const cdp = await page.context().newCDPSession(page);
    await cdp.send('Performance.enable');
    const read = async (name: string) => Number(await page.evaluate(name));
    const lives = await Promise.all(combinations.map((each) => lifeOf(system, each)));

    await page.evaluate('heard = 0');
    const begun = performance.now();
    const seconds = (rounds * views.length * lookMs) / 1_000;
    const telling = replayJournal(system.stack, lives, { ordersPerSecond, seconds });
    const [frames, busy, megabytes]: [number[], number[], number[]] = [[], [], []];
    for (let round = 0; round < rounds; round++) {
      for (const { address, shows } of views) {
        const view = await address(system);
        const look = async () => {
          await page.goto(`/#/${view}`);
          await page.getByText(shows).first().waitFor(inTime);
          frames.push(await read(framesPerSecond));
        };
        busy.push(await busiestTaskMs(browser, page, look));
      }
      megabytes.push(await heapMb(cdp));
    }
    const told = await telling;
    await eventually(async () => ok((await read('heard')) >= told, 'not all of it is heard'), veryPatient);
    const heardPerSecond = ((await read('heard')) * 1_000) / (performance.now() - begun);
    const longest = Math.max(...busy);

    t.diagnostic(`${told} entries told, ${heardPerSecond.toFixed(0)} heard a second`);
    t.diagnostic(`at most ${Math.max(...frames).toFixed(1)} frames a second`);
    t.diagnostic(
      `busy with one task for ${longest.toFixed(0)} ms at most; ${megabytes.map((each) => each.toFixed(2)).join(', ')} MB`,
    );
    for (const each of frames) ok(each <= mostFramesPerSecond, `${each} frames a second`);
    ok(longest < longestTaskMs, `${longest} ms`);
    deepStrictEqual(errors, []);
    if (fullSize) {
      // The first round is the one in which all that a view needs is made.
      const growth = mean(megabytes.slice(-3)) - mean(megabytes.slice(1, 4));
      ok(growth <= mostGrowthMb, `it has grown by ${growth} MB`);
    }
    await page.context().close();
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

/** What the page really needs: nothing that is only waiting to be swept up. */
async function heapMb(cdp: CDPSession): Promise<number> {
  await cdp.send('HeapProfiler.collectGarbage');
  const { metrics } = await cdp.send('Performance.getMetrics');
  return (metrics.find(({ name }) => name === 'JSHeapUsedSize')?.value ?? Number.NaN) / 1e6;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, each) => sum + each, 0) / values.length;
}
