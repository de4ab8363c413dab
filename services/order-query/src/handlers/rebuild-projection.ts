import { type FedLog, type Generations, rebuild, tidyUp } from '@conveyor/patterns/cqrs/rebuild';

/** Lets one process at a time change which generations there are. */
export interface Lease {
  /** False: somebody else has it. It ends by itself after 10 s, unless it is renewed. */
  take(): Promise<boolean>;
  /** @throws Error when it has ended meanwhile, and somebody else may have it. */
  renew(): Promise<void>;
  giveBack(): Promise<void>;
}

export interface RebuildDeps {
  readonly generations: Generations;
  readonly log: FedLog & { forget(generation: string): Promise<void> };
  readonly lease: Lease;
  /** Called when there are other generations than before. */
  readonly onChange: () => Promise<void>;
  readonly onTrouble: (error: unknown) => void;
  readonly onDone: (name: string) => void;
}

/** Looks after the generations of the read model: makes the first, rebuilds on demand, removes what was left half-way. */
export function createRebuild(deps: RebuildDeps) {
  const { generations, log, lease, onChange, onTrouble, onDone } = deps;
  const stopping = new AbortController();
  let running: Promise<void> = Promise.resolve();

  async function run(onBegun: () => void): Promise<void> {
    await tidyUp(generations);
    await onChange();
    const live = (await generations.list()).find((generation) => generation.live);
    if (!live) throw new Error('there is no generation to rebuild');
    const next = await rebuild({
      generations,
      log,
      live: live.name,
      onProgress() {
        onBegun();
        return lease.renew();
      },
      signal: stopping.signal,
    });
    onDone(next);
    await onChange();
    await log.forget(live.name);
  }

  async function tidy(): Promise<void> {
    if (!(await lease.take())) return;
    try {
      await tidyUp(generations);
    } finally {
      await lease.giveBack();
    }
  }

  return {
    tidy,

    /** Begins to rebuild; while anybody does already, nothing more happens. Resolves when it is under way. */
    async rebuild(): Promise<void> {
      if (stopping.signal.aborted || !(await lease.take())) return;
      const begun = Promise.withResolvers<void>();
      running = run(begun.resolve)
        .catch(onTrouble)
        .finally(() => lease.giveBack().catch(onTrouble))
        .finally(begun.resolve);
      await begun.promise;
    },

    /** Ends a rebuild that is under way; what it has left is removed at the next start, or by another process. */
    async stop(): Promise<void> {
      stopping.abort();
      await running;
    },
  };
}
