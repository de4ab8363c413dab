import { mkdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { eventually } from '@conveyor/testing/eventually';
import type { Page } from 'playwright-core';
import { giveToken, type Look } from './console-browser.ts';
import type { System } from './system.ts';

/** Only when asked for: a run of the tests leaves the tree as it was. */
const wanted = process.env['SCREENS'] !== undefined;
const folder = fileURLToPath(new URL('../../docs/screens/', import.meta.url));

/** In these looks one of them will do. */
const only = { dark: 'order', narrow: 'place' } as const;

interface Screen {
  readonly name: string;
  readonly hash: string;
  /** What must be there before it is worth a look. */
  readonly shows: string;
}

/** Goes through all views, checks each, and takes its picture if pictures are asked for. */
export async function takeScreens(
  page: Page,
  system: System,
  { theme = 'light', width }: Look,
  check: (page: Page, view: string) => Promise<void>,
): Promise<void> {
  const kind = width ? 'narrow' : theme;
  let isKnown = false;
  for (const { name, hash, shows } of await screens(system)) {
    await page.goto(`/#/${hash}`);
    if (!isKnown && ['break', 'dead-letters', 'dead-letter'].includes(name)) {
      await giveToken(page, system.stack.env.ADMIN_TOKEN);
      isKnown = true;
    }
    await page.getByText(shows).first().waitFor();
    // What is said while it loads goes away.
    await eventually(async () => {
      if ((await page.getByText(/^Loading /).count()) > 0) throw new Error(`${name} still loads`);
    });
    await check(page, `${name}, ${kind}`);
    if (!wanted || !(kind === 'light' || only[kind] === name)) continue;
    await mkdir(folder, { recursive: true });
    await page.screenshot({
      path: `${folder}${name}${kind === 'light' ? '' : `-${kind}`}.png`,
      fullPage: true,
    });
  }
}

async function screens(system: System): Promise<readonly Screen[]> {
  const orderId = await declined(system);
  return [
    { name: 'place', hash: 'place', shows: 'Stoneware mug' },
    { name: 'orders', hash: 'orders', shows: 'The newest' },
    { name: 'order', hash: `orders/${orderId}`, shows: 'inventory.released' },
    { name: 'flow', hash: 'flow', shows: 'Consumer groups' },
    { name: 'dead-letters', hash: 'dead-letters', shows: 'waiting' },
    { name: 'break', hash: 'break', shows: 'Payment provider' },
    { name: 'search', hash: 'search', shows: 'found' },
    { name: 'patterns', hash: 'patterns', shows: 'Circuit breaker' },
    { name: 'pattern', hash: 'patterns/dead-letter-queue', shows: 'See it at work' },
  ];
}

async function declined(system: System): Promise<string> {
  const items = [{ sku: 'mug', quantity: 2 }];
  const { body } = await system.place({
    customerId: 'ada',
    items,
    paymentToken: 'tok_declined',
    broker: 'rabbitmq',
  });
  await system.final(body.orderId);
  return body.orderId;
}
