import { deepStrictEqual } from 'node:assert/strict';
import { provideChromium } from '@conveyor/local/chromium';
import axe from 'axe-core';
import { type Browser, chromium, type Page } from 'playwright-core';

/** A browser with the console open, and what went wrong in it so far. */
export interface ConsolePage {
  readonly page: Page;
  /** Errors of its scripts, and what its Content-Security-Policy has refused. */
  readonly errors: readonly string[];
}

export interface Look {
  readonly theme?: 'light' | 'dark';
  readonly width?: number;
  readonly height?: number;
}

/**
 * Kept in each page, for whoever asks: in how many frames something of it has changed, and how many events its stream has brought.
 */
export const watching = `
  globalThis.frames = 0;
  let isDue = false;
  new MutationObserver(() => {
    if (isDue) return;
    isDue = true;
    requestAnimationFrame(() => {
      isDue = false;
      frames += 1;
    });
  }).observe(document, { subtree: true, childList: true, characterData: true, attributes: true });

  globalThis.heard = 0;
  globalThis.EventSource = class extends EventSource {
    constructor(url) {
      super(url);
      this.addEventListener('message', () => (heard += 1));
    }
  };`;

/** With a `debuggingPort` it can be driven from there, too. */
export async function launchBrowser(debuggingPort?: number): Promise<Browser> {
  const executablePath = await provideChromium(console.log);
  const debugging = debuggingPort === undefined ? [] : [`--remote-debugging-port=${debuggingPort}`];
  return chromium.launch({ executablePath, args: ['--no-sandbox', ...debugging] });
}

export async function openConsole(browser: Browser, gateway: string, look: Look = {}): Promise<ConsolePage> {
  const { theme = 'light', width = 1280, height = 900 } = look;
  const context = await browser.newContext({
    baseURL: gateway,
    viewport: { width, height },
    colorScheme: theme,
    reducedMotion: 'reduce',
  });
  await context.addInitScript(watching);
  const page = await context.newPage();
  page.setDefaultTimeout(20_000);
  const errors: string[] = [];
  page.on('pageerror', (error) => errors.push(error.message));
  page.on('console', (message) => {
    // An answer of 4xx is told here, too; whether it was right is for the test to say.
    if (message.type() === 'error' && !message.text().startsWith('Failed to load resource'))
      errors.push(message.text());
  });
  await page.goto('/');
  return { page, errors };
}

/** Goes to a view as a person does, by its link in the menu. */
export async function goTo(page: Page, title: string): Promise<void> {
  await page
    .getByRole('navigation', { name: 'Views' })
    .getByRole('link', { name: title, exact: true })
    .click();
}

/** Answers the question for the admin token if it is asked. */
export async function giveToken(page: Page, token: string): Promise<void> {
  await page.getByLabel('Token', { exact: true }).fill(token);
  await page.getByRole('button', { name: 'Go on' }).click();
}

interface AxeFinding {
  readonly id: string;
  readonly impact: string;
  readonly nodes: readonly { readonly html: string; readonly failureSummary: string }[];
}

/** Throws when what is on the page cannot be used by everybody, with what and where. */
export async function assertAccessible(page: Page, view: string): Promise<void> {
  await page.evaluate(axe.source);
  const found = (await page.evaluate(
    'axe.run().then(({ violations }) => violations)',
  )) as readonly AxeFinding[];
  const grave = found.filter(({ impact }) => impact === 'serious' || impact === 'critical');
  deepStrictEqual(
    grave.map(
      ({ id, nodes }) =>
        `${id}: ${nodes.map(({ html, failureSummary }) => `${html} ${failureSummary}`).join('\n')}`,
    ),
    [],
    view,
  );
}
