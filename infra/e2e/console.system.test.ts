import { deepStrictEqual, match, ok, strictEqual } from 'node:assert/strict';
import { after, afterEach, before, describe, test } from 'node:test';
import type { DeadLetterList, Faults, OrderPage, ProjectionStatus } from '@conveyor/contracts/http';
import { eventually } from '@conveyor/testing/eventually';
import type { Browser, Page } from 'playwright-core';
import { busiestTaskMs } from './busiest-task.ts';
import {
  assertAccessible,
  type ConsolePage,
  giveToken,
  goTo,
  launchBrowser,
  openConsole,
} from './console-browser.ts';
import { testFlow } from './console-flow-tests.ts';
import { testLetters } from './console-letters-tests.ts';
import { testReplay } from './console-replay-tests.ts';
import { takeScreens } from './console-screens.ts';
import { fullSize } from './full-size.ts';
import { running } from './running-system.ts';

const patient = { timeoutMs: 60_000 };
const slow = { timeout: 240_000 };

let browser: Browser;
let opened: ConsolePage;
let page: Page;

const gateway = () => `http://127.0.0.1:${running().stack.ports.gateway}`;
const token = () => running().stack.env.ADMIN_TOKEN;
const admin = true;

/** Places one order by the form, with what is chosen there, and returns its id. */
async function place(choose: readonly string[] = []): Promise<string> {
  await goTo(page, 'Place');
  for (const choice of ['Kafka', 'Choreography', 'Approved', ...choose])
    await page.getByRole('radio', { name: choice }).check();
  const answer = page.waitForResponse((response) => response.request().method() === 'POST');
  await page.getByRole('button', { name: 'Place the order' }).click();
  const response = await answer;
  strictEqual(response.status(), 202);
  const { orderId } = (await response.json()) as { orderId: string };
  await page.getByTitle(orderId).waitFor();
  return orderId;
}

const rowOf = (orderId: string) => page.getByRole('row').filter({ has: page.getByTitle(orderId) });

async function setFault(part: string, mode: string): Promise<void> {
  const body = { [part]: { mode } };
  strictEqual((await running().call('PUT', '/api/faults', { admin, body })).status, 200);
}

async function projection(): Promise<ProjectionStatus> {
  return (await running().call<ProjectionStatus>('GET', '/api/projections/orders', { admin })).body;
}

async function totalFound(): Promise<number> {
  return (await running().call<OrderPage>('GET', '/api/search/orders')).body.total;
}

describe('the console', () => {
  before(async () => {
    browser = await launchBrowser();
    opened = await openConsole(browser, gateway());
    page = opened.page;
  }, slow);
  after(async () => {
    await browser?.close();
  });
  afterEach(() => deepStrictEqual(opened.errors, [], 'nothing went wrong in the page'));

  test('the page comes from the gateway alone, with a policy that says so', async () => {
    const response = await page.request.get('/');
    const policy = response.headers()['content-security-policy'] ?? '';
    match(policy, /default-src 'self'/);
    ok(!policy.includes('unsafe'));
    strictEqual(response.headers()['cache-control'], 'no-cache');
    const [, script = ''] = /src="(\/assets\/[^"]+)"/.exec(await response.text()) ?? [];
    match((await page.request.get(script)).headers()['cache-control'] ?? '', /immutable/);
  });

  for (const [broker, saga] of [
    ['Kafka', 'Choreography'],
    ['RabbitMQ', 'Orchestration'],
  ] as const) {
    test(`an order on ${broker} is seen on its way to its end, without a reload`, slow, async () => {
      const orderId = await place([broker, saga]);
      await rowOf(orderId).getByText('completed').waitFor();
      await page.getByTitle(orderId).click();
      await page.getByText('all done').waitFor();
      for (const service of ['order', 'inventory', 'payment', 'notification'])
        await page.locator('.sequence-lane', { hasText: service }).first().waitFor();
      await page
        .getByRole('button', { name: /^order.created from order/ })
        .first()
        .press('Enter');
      await page.getByRole('heading', { name: 'order.created' }).waitFor();
      await assertAccessible(page, 'an order, with a message chosen');
      await page.getByRole('button', { name: 'Close' }).click();
    });
  }

  test('of a declined one it is seen that what was reserved is given back', slow, async () => {
    const orderId = await place(['Declined']);
    await rowOf(orderId).getByText('cancelled: payment-declined').waitFor();
    await page.getByTitle(orderId).click();
    await page
      .getByRole('button', { name: /^inventory.released from inventory.*undoes something/ })
      .waitFor();
  });

  test('a slow one can be cancelled from its picture', slow, async () => {
    const orderId = await place(['Slow']);
    await page.getByTitle(orderId).click();
    await page.getByRole('button', { name: 'Cancel the order' }).click();
    await page.getByText('cancelled: cancelled-by-customer').waitFor();
  });

  test('a fault is switched on and off; whoever is no admin is asked again', slow, async () => {
    await goTo(page, 'Break it');
    await giveToken(page, 'no tökén');
    await page.getByText('A token has letters, digits and signs').waitFor();
    await page.getByRole('button', { name: 'Not now' }).click();
    await page.getByRole('button', { name: 'Try again' }).click();
    const question = page.getByRole('dialog', { name: 'Admin token' });
    await question.waitFor();
    strictEqual(await question.getByRole('alert').count(), 0, 'what was said of the last answer is gone');
    await giveToken(page, 'not-the-token');
    await page.getByText('This was not the admin token.').waitFor();
    await giveToken(page, token());
    const payment = page.getByRole('region', { name: 'Payment provider' });
    await payment.getByRole('radio', { name: /^Declines/ }).check();
    await payment.getByRole('button', { name: 'Apply' }).click();
    await payment.getByText('What to watch').waitFor();
    const { body } = await running().call<Faults>('GET', '/api/faults', { admin });
    strictEqual(body.payment?.mode, 'decline');
    const orderId = await place();
    await rowOf(orderId).getByText('cancelled: payment-declined').waitFor();
    await goTo(page, 'Break it');
    await page.getByRole('button', { name: 'Mend everything' }).click();
    await page.getByText('Everything works.').waitFor();
  });

  test('a message given up is edited, sent once more, and its order goes on to its end', slow, async () => {
    await setFault('inventory', 'error');
    const orderId = await place();
    await eventually(async () => {
      const { body } = await running().call<DeadLetterList>('GET', '/api/dead-letters', { admin });
      ok(body.deadLetters.some((letter) => letter.orderId === orderId));
    }, patient);
    await setFault('inventory', 'ok');
    await goTo(page, 'Dead letters');
    await page.getByRole('link', { name: 'order.created' }).first().waitFor();
    await assertAccessible(page, 'dead letters');
    await page.getByRole('link', { name: 'order.created' }).first().click();
    const body = page.getByLabel('Body');
    const text = await body.inputValue();
    await body.fill('{');
    await page.getByRole('button', { name: 'Redrive as edited' }).click();
    await page.getByText('This is no JSON').waitFor();
    await body.fill(text.replace('"customerId": "console"', '"customerId": "mended"'));
    await page.getByRole('button', { name: 'Dry run', exact: true }).click();
    await page.getByText('It would be sent once more').waitFor();
    await assertAccessible(page, 'a dead letter');
    strictEqual((await running().order(orderId)).status, 'pending');
    await page.getByRole('button', { name: 'Redrive as edited' }).click();
    await page.getByText('Sent once more.').waitFor();
    strictEqual((await running().final(orderId)).status, 'completed');
    await goTo(page, 'Place');
    await rowOf(orderId).getByText('completed').waitFor();
  });

  test(
    'a search finds what was placed, beside what was written; a rebuild comes to its end',
    slow,
    async () => {
      const orderId = await place();
      await running().final(orderId);
      await goTo(page, 'Search');
      await page.getByLabel('Customer').fill('console');
      await rowOf(orderId).getByText('completed').first().waitFor();
      await page.getByLabel('Total to').fill('0.01');
      await page.getByText('No order is like that.').waitFor();
      await page.getByLabel('Total to').fill('');
      await page.getByLabel('Product', { exact: true }).fill('mug');
      await page.getByLabel('Placed from').fill('2026-01-01');
      await rowOf(orderId).getByText('completed').first().waitFor();
      const [total, { index }] = [await totalFound(), await projection()];
      await page.getByRole('button', { name: 'Rebuild' }).click();
      const rebuilt = await eventually(async () => {
        const now = await projection();
        ok(now.state === 'live' && now.index !== index);
        return now.index;
      }, patient);
      await page.getByText(`● live: index ${rebuilt}`).waitFor();
      strictEqual(await totalFound(), total);
    },
  );

  testLetters(() => ({ page, system: running() }));

  testFlow(() => ({ page, system: running() }));

  test('a burst is placed while the page goes on to answer', { timeout: 600_000 }, async (t) => {
    const many = fullSize ? 400 : 80;
    // A small machine ends a few orders a second.
    const inTime = { timeout: many * 600 };
    const burstNews = (hasText: string | RegExp) => page.locator('.burst-news', { hasText });
    await goTo(page, 'Place');
    await page.getByRole('radio', { name: 'Approved' }).check();
    await page.getByLabel('Or many at once').fill(String(many));
    const longest = await busiestTaskMs(browser, async () => {
      await page.getByRole('button', { name: `Place ${many}` }).click();
      await burstNews(/^\d{2,} of/).waitFor(inTime);
    });
    await burstNews(`${many} of ${many} placed in`).waitFor(inTime);
    await page.getByText(/^0 under way/).waitFor(inTime);
    const news = await burstNews('').textContent();
    t.diagnostic(
      `${news}; at its begin the page was busy with one task for ${longest.toFixed(0)} ms at most`,
    );
    ok(longest < 200, `${longest} ms`);
  });

  test('whoever pages on while she asks for something else gets the second page of that', slow, async () => {
    const other = await openConsole(browser, gateway());
    const asked: URLSearchParams[] = [];
    other.page.on('request', (request) => {
      const { pathname, searchParams } = new URL(request.url());
      if (pathname === '/api/search/orders') asked.push(searchParams);
    });
    await goTo(other.page, 'Search');
    const more = other.page.getByRole('button', { name: 'More' });
    await more.waitFor();
    await other.page.getByLabel('Customer').fill('console');
    await more.click();
    await other.page.getByText('Page 2').waitFor();
    const first = asked.find((query) => query.get('customerId') === 'console');
    ok(first && !first.has('cursor'), 'a cursor belongs to the question that it answered');
    deepStrictEqual(other.errors, []);
    await other.page.context().close();
  });

  testReplay(() => ({ gateway: gateway(), system: running() }));

  test('everybody can use every view, in light and in dark, wide and narrow', slow, async () => {
    for (const look of [{ theme: 'light' }, { theme: 'dark' }, { theme: 'light', width: 390 }] as const) {
      const other = await openConsole(browser, gateway(), look);
      await takeScreens(other.page, running(), look, assertAccessible);
      deepStrictEqual(other.errors, []);
      await other.page.context().close();
    }
  });
});
