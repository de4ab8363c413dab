import { setTimeout as sleep } from 'node:timers/promises';
import { family, processes } from '@conveyor/local/processes';
import type { Instances } from './ground.ts';

const everyMs = 1_000;
const mebibyte = 1_048_576;

export interface MemoryWatch {
  /** By how many MiB any process of a service has grown since it was first seen; the most. */
  readonly grownMiB: number;
  stop(): Promise<void>;
}

/** Looks at the resident memory of all services from now on. One that was started again is another process. */
export function watchMemory(instances: Instances): MemoryWatch {
  const first = new Map<number, number>();
  const stopping = new AbortController();
  let grown = 0;

  async function look(): Promise<void> {
    const all = await processes();
    for (const { process } of Object.values(instances).flat()) {
      const { pid } = process;
      if (pid === undefined) continue;
      const memory = family(pid, all).reduce((sum, each) => sum + each.memory, 0);
      const before = first.get(pid) ?? memory;
      first.set(pid, before);
      grown = Math.max(grown, memory - before);
    }
  }

  async function lookOn(): Promise<void> {
    while (!stopping.signal.aborted) {
      await look();
      await sleep(everyMs, undefined, { signal: stopping.signal }).catch(() => {});
    }
  }

  const looking = lookOn();
  return {
    get grownMiB() {
      return grown / mebibyte;
    },
    async stop() {
      stopping.abort();
      await looking;
    },
  };
}
