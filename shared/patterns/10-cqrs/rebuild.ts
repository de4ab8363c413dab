import { setTimeout as sleep } from 'node:timers/promises';
import type { LogPositions } from '@conveyor/brokers/kafka';
import { classify } from '@conveyor/patterns/dead-letter-queue/failure';

/** A build of the documents from the log. Several are made from the same log, and readers are shown one of them. */
export interface Generation {
  readonly name: string;
  /** Readers are shown it. */
  readonly live: boolean;
  /** What is read from the log goes into it; if not, it is fenced. */
  readonly fed: boolean;
}

/** Each of them rejects when it is not certain to have been done. */
export interface Generations {
  /** Oldest first. */
  list(): Promise<readonly Generation[]>;
  /** Makes an empty one that is fed, from the first event on, and that nobody is shown. Returns its name. */
  create(): Promise<string>;
  /** From its return on nothing more goes into it of what is read from then on. */
  fence(name: string): Promise<void>;
  /** Takes a fence away. */
  feed(name: string): Promise<void>;
  /**
   * What could not be made anew in `next`, since an event is missing from the log or cannot be read, and is further in
   * `former` (somebody has mended it there): copies it as it is. Calls `onLook` again and again meanwhile, and ends when that rejects.
   */
  takeOver(next: string, former: string, onLook: () => Promise<void>): Promise<void>;
  /** Makes all that was written visible to searches, and from then on what will be written, too. */
  refresh(name: string): Promise<void>;
  /** In one step: readers are shown `next`, and no longer `former`. Fails if they are shown another one. */
  switchTo(next: string, former: string | undefined): Promise<void>;
  /** Deletes one that nobody is shown, in one step with making sure that readers are shown `live`. */
  drop(name: string, live: string): Promise<void>;
}

/** The log that the generations are fed from. */
export interface FedLog {
  ends(): Promise<LogPositions>;
  /** How far the one called `name` has come. */
  positions(name: string): Promise<LogPositions>;
}

export interface RebuildOptions {
  readonly generations: Generations;
  readonly log: FedLog;
  /** The one that readers are shown now; undefined when there is none. */
  readonly live: string | undefined;
  /** One that is being fed and was never finished: it is gone on with, instead of making another. */
  readonly begun?: string | undefined;
  /** The old one goes on until the new one is so near. In messages. */
  readonly near?: number;
  /** How long the old one may stand still at most, before it goes on and the rebuild has failed. In milliseconds. */
  readonly standstillMs?: number;
  /**
   * Called before each look at how far it is, and before each step that cannot be taken back. When it rejects the rebuild ends; with
   * an InfrastructureFault only once it has come near.
   */
  readonly onLook?: () => Promise<void>;
  /** Called every `reportMs` with how many messages it is behind: if more come than are read it never comes near. */
  readonly onBehind?: (messages: bigint) => void;
  readonly reportMs?: number;
  readonly signal: AbortSignal;
}

/**
 * Builds the documents anew beside the old ones and then changes over, so that readers are answered all the time and
 * never go back in time. For that the old ones must stand still when the new ones take their place, and the new
 * ones must have all that the old ones may have: they are fenced first, and then the new ones read on to where the log
 * ended *after* that. That is over in the time which the last few messages take. Whatever fails, or a crash, leaves in
 * place what readers are shown; {@link tidyUp} removes the rest, the old ones as well: a moment later, so that whoever is reading
 * them gets his answer.
 *
 * @returns the name of the new generation.
 */
export async function rebuild(options: RebuildOptions): Promise<string> {
  const { generations, log, live, begun, near = 500, standstillMs = 30_000, signal } = options;
  const { onLook = async () => {}, onBehind = () => {}, reportMs = 60_000 } = options;
  const next = begun ?? (await generations.create());
  let reportedAt = performance.now();

  /** It may take hours to come near, and a hiccup of the log is no reason to begin again. */
  async function isNear(): Promise<boolean> {
    try {
      await onLook();
      const left = await behind(await log.ends());
      if (left <= near) return true;
      if (performance.now() >= reportedAt + reportMs) {
        onBehind(left);
        reportedAt = performance.now();
      }
      return false;
    } catch (error) {
      if (classify(error) !== 'infrastructure') throw error;
      return false;
    }
  }

  const behind = async (target: LogPositions) => distance(await log.positions(next), target);

  while (!(await isNear())) await sleep(200, undefined, { signal });
  if (live === undefined) {
    await generations.refresh(next);
    await generations.switchTo(next, undefined);
    return next;
  }

  // Most of it here, or an event that comes to such an order meanwhile would find a gap; what has changed since then, below.
  await generations.takeOver(next, live, onLook);
  await onLook();
  await generations.fence(live);
  const until = performance.now() + standstillMs;
  async function stillInTime(): Promise<void> {
    if (performance.now() > until) throw new Error(`${next} did not reach the end within ${standstillMs} ms`);
    await onLook();
  }

  const ends = await log.ends();
  await stillInTime();
  while ((await behind(ends)) > 0n) {
    await sleep(50, undefined, { signal });
    await stillInTime();
  }
  await generations.takeOver(next, live, stillInTime);
  await stillInTime();
  await generations.refresh(next);
  await stillInTime();
  await generations.switchTo(next, live);
  return next;
}

/**
 * What a build goes on with while readers are shown nothing: the newest that is fed. Whoever began it is gone, those who feed it
 * are not. The others are removed by {@link tidyUp} once it is shown.
 */
export function unfinished(all: readonly Generation[]): string | undefined {
  if (all.some((generation) => generation.live)) return undefined;
  return all.findLast((generation) => generation.fed)?.name;
}

/**
 * Removes what a rebuild has left, whether it went through, failed or died half-way. What readers are shown stays, whether
 * the change was over or not. Only while no rebuild is under way.
 *
 * @returns the names of those that were removed.
 */
export async function tidyUp(generations: Generations): Promise<readonly string[]> {
  const all = await generations.list();
  const live = all.find((generation) => generation.live);
  // Without one that is shown what is there may become the one: whoever builds next goes on with it.
  if (!live) return [];
  const rest = all.filter(({ name }) => name !== live.name).map(({ name }) => name);
  for (const name of rest) await generations.drop(name, live.name);
  if (!live.fed) await generations.feed(live.name);
  return rest;
}

/** How many messages lie between two positions. */
export function distance(from: LogPositions, to: LogPositions): bigint {
  let sum = 0n;
  for (const [partition, end] of to) {
    const position = from.get(partition) ?? 0n;
    if (end > position) sum += end - position;
  }
  return sum;
}
