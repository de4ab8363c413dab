import { tracedFetch } from '@conveyor/service-kit/telemetry/traced-fetch';

/** An answer, or why there is none. After `unavailable` and `timed-out` the request may have been acted on. */
export type Answer =
  | { readonly status: number; readonly body: unknown }
  | { readonly failed: 'unreachable' | 'unavailable' | 'timed-out' };

/** One call that takes `limitMs` at most, reading the answer included. Rejects only when `signal` fires. */
export async function callHttp(
  url: string,
  request: { readonly method: 'GET' | 'POST'; readonly body?: object },
  limitMs: number,
  signal: AbortSignal,
): Promise<Answer> {
  const timeUp = AbortSignal.timeout(Math.max(1, Math.ceil(limitMs)));
  try {
    const response = await tracedFetch(url, {
      method: request.method,
      ...(request.body && {
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(request.body),
      }),
      signal: AbortSignal.any([signal, timeUp]),
    });
    const text = await response.text();
    return { status: response.status, body: parse(text) };
  } catch (error) {
    signal.throwIfAborted();
    if (timeUp.aborted) return { failed: 'timed-out' };
    return { failed: neverArrived(error) ? 'unreachable' : 'unavailable' };
  }
}

/** Failures to connect: with any other the request may have been sent. */
const connectFailures: ReadonlySet<unknown> = new Set([
  'ECONNREFUSED',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
  'UND_ERR_CONNECT_TIMEOUT',
]);

/** `fetch` rejects with a TypeError whose cause is the socket's error. */
function neverArrived(error: unknown): boolean {
  const cause = error instanceof Error ? error.cause : undefined;
  return cause instanceof Error && 'code' in cause && connectFailures.has(cause.code);
}

/** A proxy in between may answer with a page: its status is what counts then. */
function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
