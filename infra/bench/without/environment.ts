import type { ChangeName } from './changes.ts';

/** What a service is started with to run with these changes of its code. */
export function environmentWith(changes: ChangeName): Readonly<Record<string, string>> {
  const preload = new URL('preload.ts', import.meta.url).href;
  return { BENCH_CHANGES: changes, NODE_OPTIONS: `--import=${preload}` };
}
