import { useSyncExternalStore } from 'react';
import { LiveEntries, type LiveView } from './live-entries.ts';
import { type ConnectionState, StreamConnection } from './stream-connection.ts';

const later = (task: () => void, ms: number) => void setTimeout(task, ms);

const live = new LiveEntries({
  keep: 2_000,
  // Eight times a second: ten are promised, and a view draws now and then for other reasons.
  frameMs: 125,
  now: () => performance.now(),
  later,
});

const connection = new StreamConnection({
  openSource: (url) => new EventSource(url),
  page: document,
  onEntry: (data) => live.add(data),
  onGap: () => live.noteGap(),
  later,
});

export const openStream = (): void => connection.open();

/** Everything that happens, at most eight times a second. */
export function useLive(): LiveView {
  return useSyncExternalStore(live.subscribe, live.view);
}

/** For those who keep what they need of it themselves, without drawing. */
export const subscribeToLive = (listener: (view: LiveView) => void): (() => void) =>
  live.subscribe(() => listener(live.view()));

export function useConnection(): ConnectionState {
  return useSyncExternalStore(connection.subscribe, connection.state);
}
