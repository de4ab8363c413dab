import type { Browser } from 'playwright-core';

/** Of Chromium's trace, as much as is read of it. `tdur`: microseconds for which the thread really had a processor. */
interface TraceEvent {
  readonly name: string;
  readonly pid: number;
  readonly tid: number;
  readonly tdur?: number;
  readonly args?: { readonly name?: unknown };
}

/**
 * For how long a main thread of the browser's pages was busy with one task while `meanwhile` went on, in milliseconds of
 * processor time: by the clock, a browser that shares two cores with everything else would look busy while others keep it waiting.
 *
 * A second of it is some megabytes of trace, so it should not go on for long.
 */
export async function busiestTaskMs(browser: Browser, meanwhile: () => Promise<void>): Promise<number> {
  await browser.startTracing(undefined, { categories: ['toplevel'] });
  let trace: Buffer;
  try {
    await meanwhile();
  } finally {
    trace = await browser.stopTracing();
  }
  const { traceEvents } = JSON.parse(trace.toString()) as { readonly traceEvents: readonly TraceEvent[] };
  return busiestOf(traceEvents);
}

/** @throws Error when no task of a page is among them. */
export function busiestOf(events: readonly TraceEvent[]): number {
  const threadOf = ({ pid, tid }: TraceEvent) => `${pid}:${tid}`;
  const mainThreads = new Set(
    events
      .filter(({ name, args }) => name === 'thread_name' && args?.name === 'CrRendererMain')
      .map(threadOf),
  );
  const busy = events
    .filter((event) => event.name === 'ThreadControllerImpl::RunTask' && mainThreads.has(threadOf(event)))
    .flatMap(({ tdur }) => tdur ?? []);
  if (busy.length === 0) throw new Error('the trace holds no task of a page');
  return busy.reduce((most, each) => Math.max(most, each), 0) / 1_000;
}
