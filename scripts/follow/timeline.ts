import type { Timeline } from '../../shared/contracts/http/timeline.ts';

export type { Timeline } from '../../shared/contracts/http/timeline.ts';
export type Entry = Timeline['entries'][number];

export type Look =
  | { readonly timeline: Timeline }
  /** The gateway says that there is no such order. */
  | { readonly unknown: true }
  /** No answer that is of use; another look may have one. */
  | { readonly failed: string };

const timeLimitMs = 5_000;

/** Asks the gateway for the timeline of an order. Never rejects. */
export async function lookAt(gateway: string, orderId: string): Promise<Look> {
  const path = `/api/orders/${encodeURIComponent(orderId)}/timeline`;
  try {
    const response = await fetch(new URL(path, gateway), { signal: AbortSignal.timeout(timeLimitMs) });
    if (response.ok) return { timeline: (await response.json()) as Timeline };
    const { detail = response.statusText } = (await response.json()) as { detail?: string };
    return response.status === 404 ? { unknown: true } : { failed: `${response.status}: ${detail}` };
  } catch (error) {
    return { failed: reasonOf(error) };
  }
}

/** Node's fetch hides why behind "fetch failed". */
function reasonOf(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  return cause instanceof Error ? cause.message || cause.name : String(cause);
}
