import { useSyncExternalStore } from 'react';
import { LiveEntries, type LiveView } from './live-entries.ts';

const live = new LiveEntries({
  keep: 2_000,
  // Eight times a second: ten are promised, and a view draws now and then for other reasons.
  frameMs: 125,
  now: () => performance.now(),
  later: (task, ms) => void setTimeout(task, ms),
});

type Connection = 'connecting' | 'open' | 'lost';

let connection: Connection = 'connecting';
const connectionListeners = new Set<() => void>();

function tellConnection(now: Connection): void {
  connection = now;
  for (const listener of connectionListeners) listener();
}

/** The one connection of the page. The browser comes back by itself, and says up to where it has read. */
export function openStream(): void {
  const source = new EventSource('/api/stream');
  source.addEventListener('open', () => tellConnection('open'));
  source.addEventListener('error', () => {
    tellConnection('lost');
    // An answer that is no stream ends it for good, as the browser sees it; the gateway may be starting.
    if (source.readyState === EventSource.CLOSED) setTimeout(openStream, 2_000);
  });
  source.addEventListener('message', ({ data }) => live.add(String(data)));
}

/** Everything that happens, at most eight times a second. */
export function useLive(): LiveView {
  return useSyncExternalStore(live.subscribe, live.view);
}

/** For those who keep what they need of it themselves, without drawing. */
export const subscribeToLive = (listener: (view: LiveView) => void): (() => void) =>
  live.subscribe(() => listener(live.view()));

export function useConnection(): Connection {
  return useSyncExternalStore(
    (listener) => {
      connectionListeners.add(listener);
      return () => void connectionListeners.delete(listener);
    },
    () => connection,
  );
}
