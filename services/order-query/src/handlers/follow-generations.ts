import { setTimeout as sleep } from 'node:timers/promises';
import type { Follower } from '@conveyor/brokers/kafka';
import type { Generation, Generations } from '@conveyor/patterns/cqrs/rebuild';

const lookEveryMs = 1_000;

/** A generation as this process has it: who reads the log for it, and whether readers are shown it. */
interface Followed {
  readonly follower: Follower;
  live: boolean;
}

export interface FollowGenerationsDeps {
  readonly generations: Pick<Generations, 'list'>;
  /** Puts right which generations there are, if it can; called when something is wrong with them. */
  readonly tidy: () => Promise<void>;
  /** Begins to feed one from the log. `isLive` may change while it is fed. */
  readonly feed: (name: string, isLive: () => boolean) => Follower;
  readonly onTrouble: (error: unknown) => void;
}

export interface FollowedGenerations {
  /** The name of the one that readers are shown; undefined while that is not known. */
  readonly live: string | undefined;
  /** Whether that one is being fed. */
  readonly following: boolean;
  /** Looks at once which there are: after they have been changed. */
  look(): Promise<void>;
  stop(graceMs: number): Promise<void>;
}

/**
 * Feeds every generation that is to be fed, for as long as it is: this process makes and ends none, it follows what it
 * sees, since another one may be rebuilding, or a person may have deleted an index.
 */
export function followGenerations(deps: FollowGenerationsDeps): FollowedGenerations {
  const { generations, tidy, feed, onTrouble } = deps;
  const followed = new Map<string, Followed>();
  const stopping = new AbortController();
  let looking: Promise<void> = Promise.resolve();

  async function lookNow(): Promise<void> {
    if (stopping.signal.aborted) return;
    let all = await generations.list();
    if (!isTidy(all)) {
      await tidy();
      all = await generations.list();
    }
    await follow(all);
  }

  async function follow(all: readonly Generation[]): Promise<void> {
    const wanted = new Map(all.filter(({ fed }) => fed).map(({ name, live }) => [name, live]));
    for (const [name, { follower }] of followed) {
      if (wanted.has(name)) continue;
      followed.delete(name);
      await follower.stop(0);
    }
    for (const [name, live] of wanted) {
      const known = followed.get(name);
      if (known) known.live = live;
      else {
        const own: Followed = { follower: feed(name, () => own.live), live };
        followed.set(name, own);
      }
    }
  }

  /** One look after the other: two at once could feed one generation twice. */
  function look(): Promise<void> {
    const next = looking.then(lookNow);
    looking = next.catch(() => {});
    return next;
  }

  const running = (async () => {
    while (!stopping.signal.aborted) {
      await look().catch(onTrouble);
      await sleep(lookEveryMs, undefined, { signal: stopping.signal }).catch(() => {});
    }
  })();

  return {
    get live() {
      return [...followed].find(([, { live }]) => live)?.[0];
    },
    get following() {
      return [...followed.values()].some(({ live, follower }) => live && follower.following);
    },
    look,
    async stop(graceMs) {
      stopping.abort();
      await running;
      await looking;
      await Promise.all([...followed.values()].map(({ follower }) => follower.stop(graceMs)));
    },
  };
}

/** One that readers are shown, and it is fed; any other means a rebuild, or what is left of one. */
function isTidy(all: readonly Generation[]): boolean {
  return all.length === 1 && all.every(({ live, fed }) => live && fed);
}
