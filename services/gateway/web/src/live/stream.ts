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

let source: EventSource | undefined;
/** Up to where the page has read. */
let place = '';

/**
 * The one connection of the page. It is given back while nobody sees the page: a browser has six to one server for all its tabs
 * together. Whoever looks again gets what has happened since.
 */
export function openStream(): void {
  document.addEventListener('visibilitychange', () => (document.hidden ? disconnect() : connect()));
  connect();
}

/** The browser comes back by itself, and says up to where it has read. */
function connect(): void {
  if (source || document.hidden) return;
  const opened = new EventSource(place ? `/api/stream?after=${place}` : '/api/stream');
  source = opened;
  opened.addEventListener('open', () => tellConnection('open'));
  opened.addEventListener('error', () => {
    tellConnection('lost');
    if (opened.readyState !== EventSource.CLOSED) return;
    // An answer that is no stream ends it for good, as the browser sees it; the gateway may be starting.
    disconnect();
    setTimeout(connect, 2_000);
  });
  opened.addEventListener('message', ({ data, lastEventId }) => {
    place = lastEventId;
    live.add(String(data));
  });
}

function disconnect(): void {
  source?.close();
  source = undefined;
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
