import { match, ok, strictEqual } from 'node:assert/strict';
import { test } from 'node:test';
import type { DeadLetterList, DeadLetterView } from '@conveyor/contracts/http';
import { eventually } from '@conveyor/testing/eventually';
import type { ConsumerName } from '@conveyor/topology';
import type { Page } from 'playwright-core';
import { askRabbitMq } from './ask-rabbitmq.ts';
import { goTo } from './console-browser.ts';
import { newPoison, poisonHeaders } from './poison.ts';
import type { System } from './system.ts';

const slow = { timeout: 240_000 };
const patient = { timeoutMs: 60_000 };
const admin = true;

interface Running {
  readonly page: Page;
  readonly system: System;
}

/** What can be done with messages that nobody can read; the admin token is known already. */
export function testLetters(running: () => Running): void {
  test('one that is no text is sent once more as it came; whoever deletes one is led on', slow, async () => {
    const { page } = running();
    const first = await givenUp('inventory.events');
    await open(first);
    ok(!(await page.getByLabel('Body').isEditable()));
    await page.getByRole('button', { name: 'Redrive', exact: true }).click();
    await page.getByText('Sent once more.').waitFor();
    await page.getByRole('button', { name: 'Close' }).click();
    await page.locator('.letter-panel').waitFor({ state: 'detached' });

    const second = await eventually(async () => {
      const letter = (await waiting('inventory.events')).find(
        ({ id, messageId }) => id !== first.id && messageId === first.messageId,
      );
      ok(letter);
      return letter;
    }, patient);
    strictEqual(second.payload, first.payload);
    await open(second);
    const told = await page.locator('.letter-panel > [role=status]').elementHandle();
    await page.getByRole('button', { name: 'Delete', exact: true }).press('Enter');
    await page.getByRole('button', { name: 'Really delete' }).press('Enter');
    await page.getByText('This dead letter is off the list.').waitFor();
    // In the element that was there before: what comes together with its element is not read out.
    match((await told?.textContent()) ?? '', /off the list/);
    ok(await told?.isVisible());
    strictEqual(await page.evaluate('document.activeElement?.id'), 'letter-title');
  });

  test('many at once are offered of whoever was met on any page', slow, async () => {
    const { page, system } = running();
    const older = await givenUp('inventory.events');
    const newer = await givenUp('payment.events');
    await page.route('**/api/dead-letters?*', (route) =>
      route.continue({ url: route.request().url().replace('limit=20', 'limit=1') }),
    );
    const shows = ({ consumer }: DeadLetterView) => page.getByRole('link', { name: consumer }).waitFor();
    await goTo(page, 'Place');
    await goTo(page, 'Dead letters');
    await shows(newer);
    await page.getByRole('button', { name: 'Older' }).click();
    await shows(older);
    await page.getByRole('button', { name: 'Newer' }).click();
    await shows(newer);
    const offered = await page.getByLabel('All that were given up by').locator('option').allTextContents();
    for (const { consumer } of [older, newer]) ok(offered.includes(consumer), offered.join());
    await page.unroute('**/api/dead-letters?*');
    for (const { id } of [older, newer])
      strictEqual((await system.call('DELETE', `/api/dead-letters/${id}`, { admin })).status, 200);
  });

  /** The dead letter of a message of a few bytes that are no text. */
  async function givenUp(consumer: ConsumerName): Promise<DeadLetterView> {
    const { env } = running().system.stack;
    const attributes = newPoison()['not-json']?.attributes ?? {};
    await askRabbitMq(env.RABBITMQ_MANAGEMENT_URL, 'exchanges/%2F/amq.default/publish', {
      method: 'POST',
      body: {
        routing_key: consumer,
        payload: Buffer.from([0xff, 0x00, 0xfe]).toString('base64'),
        payload_encoding: 'base64',
        properties: { delivery_mode: 2, headers: poisonHeaders.rabbitmq(attributes) },
      },
    });
    return eventually(async () => {
      const letter = (await waiting(consumer)).find(({ messageId }) => messageId === attributes['id']);
      ok(letter);
      return letter;
    }, patient);
  }

  async function waiting(consumer: ConsumerName): Promise<readonly DeadLetterView[]> {
    const path = `/api/dead-letters?queue=${consumer}&limit=100`;
    return (await running().system.call<DeadLetterList>('GET', path, { admin })).body.deadLetters;
  }

  async function open({ id }: DeadLetterView): Promise<void> {
    const { page } = running();
    await page.goto(`/#/dead-letters/${id}`);
    await page.getByLabel('Body').waitFor();
  }
}
