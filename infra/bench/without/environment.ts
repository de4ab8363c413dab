import type { Part } from './changes.ts';

/** What a service is started with to run without this part. */
export function environmentWithout(part: Part): Readonly<Record<string, string>> {
  const preload = new URL('preload.ts', import.meta.url).href;
  return { BENCH_WITHOUT: part, NODE_OPTIONS: `--import=${preload}` };
}
