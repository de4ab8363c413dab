import { once } from 'node:events';
import { watching } from './console-browser.ts';

/** What the browser's debugging port says: an answer to what was asked, or news. */
interface Told {
  readonly id?: number;
  readonly method?: string;
  readonly params?: { readonly exceptionDetails?: { readonly text: string } };
  readonly result?: Record<string, unknown>;
  readonly error?: { readonly message: string };
}

interface Metric {
  readonly name: string;
  readonly value: number;
}

/**
 * A page that Playwright does not drive. The browser reports each event of a stream to Playwright, and with thousands a second
 * that is more work than the page itself has; here it reports nothing but errors of the page's scripts.
 */
export interface UnwatchedPage {
  readonly errors: readonly string[];
  /** The value of an expression in the page, or of what it promises. */
  evaluate<Value>(expression: string): Promise<Value>;
  /** What the page really needs, in megabytes: nothing that is only waiting to be swept up. */
  heapMb(): Promise<number>;
}

/** Opens `url` in the browser that listens on `debuggingPort`, and stays until that is closed. */
export async function openUnwatched(debuggingPort: number, url: string): Promise<UnwatchedPage> {
  const version = await fetch(`http://127.0.0.1:${debuggingPort}/json/version`);
  const { webSocketDebuggerUrl } = (await version.json()) as { readonly webSocketDebuggerUrl: string };
  const socket = new WebSocket(webSocketDebuggerUrl);
  await once(socket, 'open');
  const asked = new Map<number, PromiseWithResolvers<Record<string, unknown>>>();
  const errors: string[] = [];
  socket.addEventListener('message', ({ data }) => {
    const { id = 0, method, params, result = {}, error } = JSON.parse(String(data)) as Told;
    if (method === 'Runtime.exceptionThrown') errors.push(params?.exceptionDetails?.text ?? method);
    if (error) asked.get(id)?.reject(new Error(error.message));
    else asked.get(id)?.resolve(result);
    asked.delete(id);
  });
  socket.addEventListener('close', () => {
    for (const { reject } of asked.values()) reject(new Error('the browser has gone'));
  });

  let last = 0;
  function ask<Answer>(method: string, params: object, sessionId?: string): Promise<Answer> {
    last += 1;
    const answer = Promise.withResolvers<Record<string, unknown>>();
    asked.set(last, answer);
    socket.send(JSON.stringify({ id: last, method, params, sessionId }));
    return answer.promise as Promise<Answer>;
  }

  const { browserContextId } = await ask<{ browserContextId: string }>('Target.createBrowserContext', {});
  const blank = { url: 'about:blank', browserContextId, width: 1280, height: 900 };
  const { targetId } = await ask<{ targetId: string }>('Target.createTarget', blank);
  const attaching = { targetId, flatten: true };
  const { sessionId } = await ask<{ sessionId: string }>('Target.attachToTarget', attaching);
  await ask('Page.enable', {}, sessionId);
  await ask('Runtime.enable', {}, sessionId);
  await ask('Performance.enable', {}, sessionId);
  await ask('Page.addScriptToEvaluateOnNewDocument', { source: watching }, sessionId);
  await ask('Page.navigate', { url }, sessionId);

  return {
    errors,
    async evaluate<Value>(expression: string) {
      const params = { expression, awaitPromise: true, returnByValue: true };
      const { result } = await ask<{ result: { value: Value } }>('Runtime.evaluate', params, sessionId);
      return result.value;
    },
    async heapMb() {
      await ask('HeapProfiler.collectGarbage', {}, sessionId);
      const { metrics } = await ask<{ metrics: readonly Metric[] }>('Performance.getMetrics', {}, sessionId);
      return (metrics.find(({ name }) => name === 'JSHeapUsedSize')?.value ?? Number.NaN) / 1e6;
    },
  };
}
