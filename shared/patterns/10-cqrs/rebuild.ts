import { setTimeout as sleep } from 'node:timers/promises';

/** Partition → offset of the message that comes next. */
export type Positions = ReadonlyMap<number, bigint>;

/** A build of the documents from the log. Several are made from the same log, and readers are shown one of them. */
export interface Generation {
  readonly name: string;
  /** Readers are shown it. */
  readonly live: boolean;
  /** What is read from the log goes into it; if not, it is fenced. */
  readonly fed: boolean;
}

export interface Generations {
  list(): Promise<readonly Generation[]>;
  /** Makes an empty one that is fed, from the first event on. With `live` readers are shown it at once. Returns its name. */
  create(options: { readonly live: boolean }): Promise<string>;
  /** From its return on nothing more goes into it of what is read from then on. */
  fence(name: string): Promise<void>;
  /** Takes a fence away. */
  feed(name: string): Promise<void>;
  /** Makes all that was written visible to searches. */
  refresh(name: string): Promise<void>;
  /** In one step: readers are shown `next`, and no longer `former`, which is deleted. */
  switchTo(next: string, former: string): Promise<void>;
  drop(name: string): Promise<void>;
}

/** The log that the generations are fed from. */
export interface FedLog {
  ends(): Promise<Positions>;
  /** How far the one called `name` has come. */
  positions(name: string): Promise<Positions>;
}

export interface RebuildOptions {
  readonly generations: Generations;
  readonly log: FedLog;
  /** The one that readers are shown now. */
  readonly live: string;
  /** The old one goes on until the new one is so near. In messages. */
  readonly near?: number;
  /** Called at each look, with what is still to be read. */
  readonly onProgress?: (behind: bigint) => void | Promise<void>;
  readonly signal: AbortSignal;
}

const lookEveryMs = 100;

/**
 * Builds the documents anew beside the old ones and then changes over, so that readers are answered all the time and
 * never go back in time. For that the old ones must stand still when the new ones take their place, and the new
 * ones must have all that the old ones may have: they are fenced first, and then the new ones read on to where the log
 * ended *after* that. That is over in the time which the last few messages take. Whatever fails, or a crash, leaves in
 * place what readers are shown; {@link tidyUp} removes the rest.
 *
 * @returns the name of the new generation.
 */
export async function rebuild(options: RebuildOptions): Promise<string> {
  const { generations, log, live, near = 500, onProgress = () => {}, signal } = options;
  const next = await generations.create({ live: false });

  async function reachedBy(target: () => Promise<Positions>, tolerated: number): Promise<void> {
    for (;;) {
      const behind = distance(await log.positions(next), await target());
      await onProgress(behind);
      if (behind <= tolerated) return;
      await sleep(lookEveryMs, undefined, { signal });
    }
  }

  await reachedBy(() => log.ends(), near);
  await generations.fence(live);
  const ends = await log.ends();
  await reachedBy(async () => ends, 0);
  await generations.refresh(next);
  await generations.switchTo(next, live);
  return next;
}

/**
 * Puts right what a rebuild has left that failed or died half-way, and makes the first generation. What readers are shown
 * stays, whether the change was over or not. Only while no rebuild is under way.
 */
export async function tidyUp(generations: Generations): Promise<void> {
  const all = await generations.list();
  const live = all.find((generation) => generation.live);
  for (const { name } of all) if (name !== live?.name) await generations.drop(name);
  if (!live) await generations.create({ live: true });
  else if (!live.fed) await generations.feed(live.name);
}

/** How many messages lie between two positions. */
export function distance(from: Positions, to: Positions): bigint {
  let sum = 0n;
  for (const [partition, end] of to) {
    const position = from.get(partition) ?? 0n;
    if (end > position) sum += end - position;
  }
  return sum;
}
