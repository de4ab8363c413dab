import { untilItWorks } from '@conveyor/patterns/at-least-once/until-it-works';
import { type FedLog, rebuild, tidyUp, unfinished } from '@conveyor/patterns/cqrs/rebuild';
import { GrowingPause } from '@conveyor/patterns/transactional-outbox/growing-pause';
import { isOurs, isOutdated, type ShapedGenerations } from './shaped-generation.ts';

/** Lets one process at a time change which generations there are. */
export interface Lease {
  /** Undefined: somebody else has it. It ends by itself after 30 s, unless it is renewed. */
  take(): Promise<HeldLease | undefined>;
}

export interface HeldLease {
  /** @throws Error when it has ended meanwhile and somebody else has taken it. */
  renew(): Promise<void>;
  giveBack(): Promise<void>;
}

export interface RebuildDeps {
  readonly generations: ShapedGenerations;
  readonly log: FedLog;
  readonly lease: Lease;
  /** Called when there are other generations than before. */
  readonly onChange: () => Promise<void>;
  /** Removes what else belongs to a generation that is gone; repeated for a while if it fails. */
  readonly forget: (generation: string) => Promise<void>;
  readonly onTrouble: (error: unknown) => void;
  /** Called once a minute while a new generation is not near the end of the log yet, with how many messages are left. */
  readonly onBehind: (messages: bigint) => void;
  readonly onDone: (name: string) => void;
}

const waitForLeaseMs = 500;

/** Between rebuilds that are begun because one is due, and fail. */
const [firstRestMs, longestRestMs] = [1_000, 30_000];

/** Looks after the generations of the read model: makes the first, or goes on with it, rebuilds on demand, removes what was left half-way. */
export function createRebuild(deps: RebuildDeps) {
  const { generations, log, lease, onChange, forget, onTrouble, onBehind, onDone } = deps;
  const stopping = new AbortController();
  let running: Promise<void> | undefined;
  const rest = new GrowingPause(firstRestMs, longestRestMs);
  let isResting = false;

  const liveOne = async () => (await generations.list()).find((generation) => generation.live);

  async function run(held: HeldLease, goesOn: boolean, onBegun: () => void): Promise<void> {
    for (const name of await tidyUp(generations)) forgetSoon(name);
    await held.renew();
    const all = await generations.list();
    let isBegun = false;
    const next = await rebuild({
      generations,
      log,
      live: all.find((generation) => generation.live)?.name,
      begun: goesOn ? unfinished(all.filter(isOurs)) : undefined,
      onBehind,
      async onLook() {
        if (!isBegun) await onChange();
        isBegun = true;
        onBegun();
        await held.renew();
      },
      signal: stopping.signal,
    });
    onDone(next);
    await onChange();
  }

  /** While somebody else has the lease that may be a rebuild, whose outcome will do; or he died, and his lease ends soon. */
  async function whenPossible(goesOn: boolean, onBegun: () => void): Promise<void> {
    const former = (await liveOne())?.name;
    const pause = new GrowingPause(waitForLeaseMs, waitForLeaseMs);
    let held = await lease.take();
    for (; !held; held = await lease.take()) {
      onBegun();
      await pause.wait(stopping.signal);
    }
    try {
      if ((await liveOne())?.name === former) await run(held, goesOn, onBegun);
    } finally {
      await held.giveBack();
    }
  }

  /** Other processes may be using it for another moment. */
  function forgetSoon(name: string): void {
    const isRepeated = () => true;
    untilItWorks(
      () => forget(name),
      isRepeated,
      AbortSignal.any([stopping.signal, AbortSignal.timeout(60_000)]),
      () => {},
    ).catch((error: unknown) => {
      if (!stopping.signal.aborted) onTrouble(error);
    });
  }

  function restAwhile(): void {
    isResting = true;
    const over = () => {
      isResting = false;
    };
    rest.wait(stopping.signal).then(over, over);
  }

  /** `goesOn`: with what somebody has begun and not finished, if readers are shown none. */
  async function begin(goesOn: boolean): Promise<void> {
    if (running || stopping.signal.aborted) return;
    const begun = Promise.withResolvers<void>();
    // What fails before it is under way is told to whoever asked for it.
    begun.promise.catch(() => {});
    running = whenPossible(goesOn, begun.resolve)
      .then(() => rest.reset())
      .catch((error: unknown) => {
        restAwhile();
        begun.reject(error);
        if (!stopping.signal.aborted) onTrouble(error);
      })
      .finally(() => {
        running = undefined;
        begun.resolve();
      });
    await begun.promise;
  }

  return {
    /** To be called when something about the generations is not as it should be at rest, which may also be a rebuild. */
    async settle(): Promise<void> {
      if (running || stopping.signal.aborted) return;
      const live = await liveOne();
      if (live === undefined || isOutdated(live)) {
        if (!isResting) await begin(true);
        return;
      }
      const held = await lease.take();
      if (!held) return;
      try {
        for (const name of await tidyUp(generations)) forgetSoon(name);
      } finally {
        await held.giveBack();
      }
    },

    /** True from the wish on, also while somebody else is waited for. */
    get rebuilding(): boolean {
      return running !== undefined;
    },

    /**
     * Begins to rebuild from the first event on, unless this process is at it already. Resolves when it is under way, or waits for
     * somebody else.
     */
    rebuild: () => begin(false),

    /** Ends a rebuild that is under way; what it has left is removed at the next start, or by another process. */
    async stop(): Promise<void> {
      stopping.abort();
      await running;
    },
  };
}
