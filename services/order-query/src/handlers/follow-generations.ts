import type { Follower } from '@conveyor/brokers/kafka';
import { GrowingPause } from '@conveyor/patterns/transactional-outbox/growing-pause';
import { isOurs, isOutdated, type ShapedGeneration, type ShapedGenerations } from './shaped-generation.ts';

const lookEveryMs = 1_000;

/** A generation as this process has it: who reads the log for it, and whether readers are shown it. */
interface Followed {
  readonly follower: Follower;
  live: boolean;
}

export interface FollowGenerationsDeps {
  readonly generations: Pick<ShapedGenerations, 'list'>;
  /** Called when something about them is not as it should be at rest; there may be a rebuild under way. */
  readonly settle: () => Promise<void>;
  /** Begins to feed one from the log. `isLive` may change while it is fed; `isAlone`: readers are shown none of our shape. */
  readonly feed: (name: string, isLive: () => boolean, isAlone: boolean) => Follower;
  readonly onTrouble: (error: unknown) => void;
}

export interface FollowedGenerations {
  /** The name of the one that readers are shown; undefined while that is not known, or if it is fed by others only. */
  readonly live: string | undefined;
  /** Whether the log is being read, for whichever generation. */
  readonly following: boolean;
  /** Whether readers are shown one of a newer shape: there is nothing to do here then, but to answer. */
  readonly outrun: boolean;
  /** Looks at once which there are: after they have been changed. */
  look(): Promise<void>;
  stop(graceMs: number): Promise<void>;
}

/**
 * Feeds every generation that is to be fed and whose shape is ours, for as long as it is: this process makes and ends none, it follows what it
 * sees, since another one may be rebuilding, or a person may have deleted an index.
 */
export function followGenerations(deps: FollowGenerationsDeps): FollowedGenerations {
  const { generations, settle, feed, onTrouble } = deps;
  const followed = new Map<string, Followed>();
  const leaving = new Set<Promise<void>>();
  const stopping = new AbortController();
  let looking: Promise<void> = Promise.resolve();
  let outrun = false;

  async function lookNow(): Promise<void> {
    if (stopping.signal.aborted) return;
    const all = await generations.list();
    if (stopping.signal.aborted) return;
    follow(all);
    // It may look again by itself, and must not wait for this look to be over.
    if (!isTidy(all)) void settle().catch(onTrouble);
  }

  function follow(all: readonly ShapedGeneration[]): void {
    const live = all.find((generation) => generation.live);
    const isAlone = !live || !isOurs(live);
    outrun = live !== undefined && !isOurs(live) && !isOutdated(live);
    const ours = all.filter((generation) => generation.fed && isOurs(generation));
    const wanted = new Map(ours.map(({ name, live }) => [name, live]));
    for (const [name, isLive] of wanted) {
      const known = followed.get(name);
      if (known) known.live = isLive;
      else {
        const own: Followed = { follower: feed(name, () => own.live, isAlone), live: isLive };
        followed.set(name, own);
      }
    }
    for (const [name, { follower }] of followed) {
      if (wanted.has(name)) continue;
      followed.delete(name);
      const stopped = follower.stop(0).finally(() => leaving.delete(stopped));
      leaving.add(stopped);
    }
  }

  /** One look after the other: two at once could feed one generation twice. */
  function look(): Promise<void> {
    const next = looking.then(lookNow);
    looking = next.catch(() => {});
    return next;
  }

  const pause = new GrowingPause(lookEveryMs, lookEveryMs);
  const running = (async () => {
    while (!stopping.signal.aborted) {
      await look().catch(onTrouble);
      await pause.wait(stopping.signal).catch(() => {});
    }
  })();

  return {
    get live() {
      return [...followed].find(([, { live }]) => live)?.[0];
    },
    get following() {
      return [...followed.values()].some(({ follower }) => follower.following);
    },
    get outrun() {
      return outrun;
    },
    look,
    async stop(graceMs) {
      stopping.abort();
      const all = [...followed.values()].map(({ follower }) => follower.stop(graceMs));
      await Promise.all([running, looking, ...leaving, ...all]);
    },
  };
}

/** One that readers are shown, it is fed, and not outdated; all else means a rebuild, that one is due, or what is left of one. */
function isTidy(all: readonly ShapedGeneration[]): boolean {
  return (
    all.length === 1 &&
    all.every((generation) => generation.live && generation.fed && !isOutdated(generation))
  );
}
