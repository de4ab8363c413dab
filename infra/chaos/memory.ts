import { family, processes } from '@conveyor/local/processes';
import { everySecond } from './every-second.ts';
import type { Instances } from './ground.ts';

const mebibyte = 1_048_576;

export interface MemoryWatch {
  /** By how many MiB any process of each service has grown since it was first seen; the most. */
  readonly grownMiB: ReadonlyMap<string, number>;
  stop(): Promise<void>;
}

/** Looks at the resident memory of all services from now on. One that was started again is another process. */
export function watchMemory(instances: Instances): MemoryWatch {
  const first = new Map<number, number>();
  const grownMiB = new Map<string, number>();

  async function look(): Promise<void> {
    const all = await processes();
    for (const { process } of Object.values(instances).flat()) {
      const { pid, name } = process;
      if (pid === undefined) continue;
      const memory = family(pid, all).reduce((sum, each) => sum + each.memory, 0);
      const before = first.get(pid) ?? memory;
      first.set(pid, before);
      grownMiB.set(name, Math.max(grownMiB.get(name) ?? 0, (memory - before) / mebibyte));
    }
  }

  return { grownMiB, ...everySecond(look) };
}
