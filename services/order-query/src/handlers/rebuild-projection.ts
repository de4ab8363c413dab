import { setTimeout as sleep } from 'node:timers/promises';
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

const waitForLeaseMs = 500;

/** Looks after the generations of the read model: makes the first, rebuilds on demand, removes what was left half-way. */
export function createRebuild(deps: RebuildDeps) {
  const { generations, log, lease, onChange, onTrouble, onDone } = deps;
  const stopping = new AbortController();
  let running: Promise<void> | undefined;

  async function run(onBegun: () => void): Promise<void> {
    await tidyUp(generations);
    await onChange();
    const live = await liveOne();
    if (!live) throw new Error('there is no generation to rebuild');
    let isBegun = false;
    const next = await rebuild({
      generations,
      log,
      live: live.name,
      async onProgress() {
        if (!isBegun) await onChange();
        isBegun = true;
        onBegun();
        await lease.renew();
      },
      signal: stopping.signal,
    });
    onDone(next);
    await onChange();
    await log.forget(live.name);
  }

  async function whenPossible(onBegun: () => void): Promise<void> {
    const former = (await liveOne())?.name;
    while (!(await lease.take())) {
      onBegun();
      await sleep(waitForLeaseMs, undefined, { signal: stopping.signal });
    }
    try {
      if ((await liveOne())?.name === former) await run(onBegun);
    } finally {
      await lease.giveBack();
    }
  }

  const liveOne = async () => (await generations.list()).find((generation) => generation.live);

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

    /** True from the wish on, also while somebody else is waited for. */
    get rebuilding(): boolean {
      return running !== undefined;
    },

    /**
     * Begins to rebuild, unless this process does so already. While somebody else has the lease that may be a rebuild, and
     * then its outcome will do; or it died, and its lease ends soon. Resolves when it is under way, or waits for that.
     */
    async rebuild(): Promise<void> {
      if (running || stopping.signal.aborted) return;
      const begun = Promise.withResolvers<void>();
      running = whenPossible(begun.resolve)
        .catch(onTrouble)
        .finally(() => {
          running = undefined;
          begun.resolve();
        });
      await begun.promise;
    },

    /** Ends a rebuild that is under way; what it has left is removed at the next start, or by another process. */
    async stop(): Promise<void> {
      stopping.abort();
      await running;
    },
  };
}
