import { ok, strictEqual } from 'node:assert/strict';
import { test } from 'node:test';
import type { Flow } from '@conveyor/contracts/http';
import { eventually } from '@conveyor/testing/eventually';
import type { Page } from 'playwright-core';
import { accepted } from './accepted.ts';
import { assertAccessible, goTo } from './console-browser.ts';
import type { System } from './system.ts';

const slow = { timeout: 240_000 };
const patient = { timeoutMs: 60_000 };
const inTime = { timeout: 60_000 };

interface Running {
  readonly page: Page;
  readonly system: System;
}

/** What shows where messages are, and what the patterns do; the admin token is known already. */
export function testFlow(running: () => Running): void {
  test(
    'who is paused at the map lets messages pile up before him, and works them off afterwards',
    slow,
    async () => {
      const { page } = running();
      await lookAtQueues();
      await page.getByRole('button', { name: /^queue payment.events/ }).click();
      await page.getByRole('button', { name: 'Pause payment.events' }).click();
      await page.getByRole('button', { name: 'Resume payment.events' }).waitFor();
      const placed = await place(25);
      await page.getByRole('button', { name: /^queue payment.events, 25 waiting, .*piling up/ }).waitFor();
      await page.getByRole('button', { name: 'Resume payment.events' }).click();
      await page.getByRole('button', { name: 'Pause payment.events' }).waitFor();
      await untilCompleted(placed);
      await untilEmpty('payment.events');
      await assertAccessible(page, 'flow, with a queue chosen');
      await page.getByRole('link', { name: /^The pattern behind it/ }).click();
      await page.getByRole('heading', { name: 'See it at work' }).waitFor();
    },
  );

  test(
    'a provider that hangs lets its queue grow; once it works again the queue runs empty',
    slow,
    async () => {
      const { page } = running();
      await goTo(page, 'Break it');
      const provider = page.getByRole('region', { name: 'SMS and push provider' });
      await provider.getByRole('radio', { name: /^Hangs/ }).check();
      await provider.getByRole('button', { name: 'Apply' }).click();
      await provider.getByText('Notifications pile up in notification.sms').waitFor();
      // By tens: all at once they would keep a small machine so busy that a charge takes longer than it may.
      for (let round = 0; round < 4; round++) await untilCompleted(await place(10));
      await lookAtQueues();
      try {
        await page.getByRole('button', { name: /^queue notification.sms, [1-9]\d* waiting/ }).waitFor(inTime);
      } finally {
        await goTo(page, 'Break it');
        await page.getByRole('button', { name: 'Mend everything' }).click();
      }
      await page.getByText('Everything works.').waitFor();
      await untilEmpty('notification.sms');
    },
  );

  test('a pattern is read, and seen at work', slow, async () => {
    const { page } = running();
    await goTo(page, 'Patterns');
    await page.getByRole('link', { name: 'Point to point' }).click();
    await page.getByRole('heading', { name: 'What holds when something fails' }).waitFor();
    await page.locator('.diagram svg').first().waitFor();
    await page.getByRole('button', { name: 'Play' }).click();
    await page.getByText('It went as promised.').waitFor({ timeout: 120_000 });
    ok(((await page.getByRole('log').textContent()) ?? '').split('\n').length > 3);
  });

  async function lookAtQueues(): Promise<void> {
    const { page } = running();
    await goTo(page, 'Flow');
    await page.getByRole('radio', { name: 'RabbitMQ' }).check();
  }

  /** So many orders on RabbitMQ, all at once; their ids. */
  function place(count: number): Promise<readonly string[]> {
    const order = { customerId: 'ada', items: [{ sku: 'mug', quantity: 1 }], broker: 'rabbitmq' };
    const one = async () => (await accepted(running().system, order)).body.orderId;
    return Promise.all(Array.from({ length: count }, one));
  }

  async function untilCompleted(orderIds: readonly string[]): Promise<void> {
    for (const id of orderIds) strictEqual((await running().system.final(id)).status, 'completed');
  }

  async function untilEmpty(queue: string): Promise<void> {
    await eventually(async () => {
      const { nodes } = (await running().system.call<Flow>('GET', '/api/flow')).body;
      ok(nodes.some(({ name, kind, waiting }) => name === queue && kind === 'queue' && waiting === 0));
    }, patient);
  }
}
