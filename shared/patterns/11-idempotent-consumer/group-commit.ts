import { AsyncLocalStorage } from 'node:async_hooks';
import type { Database, Tx } from '@conveyor/patterns/transactional-outbox/tx';

export interface GroupCommitOptions {
  /** So many pieces of work share a transaction at most. Default 50. */
  readonly atMost?: number;
  /** So many transactions at once: while one commits, the next does its statements. Default 2. */
  readonly lanes?: number;
  /** A transaction that takes longer, in milliseconds, keeps no lane from those behind it. Default 500. */
  readonly patienceMs?: number;
  /** What opens the transactions that are shared. Default: the same database. */
  readonly shared?: Database;
}

interface Work {
  readonly run: (tx: Tx) => Promise<unknown>;
  /** Calls a function in the asynchronous context of whoever has asked: what is kept there (a trace, say) is his. */
  readonly asAsked: <Result>(work: () => Result) => Result;
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Lets many messages share a transaction, behind the same signature: what comes while the lanes are busy goes into the
 * next one together. With little to do each message has its own and waits for nobody; the more there is to do, the fewer
 * commits, each of them a write to the disk.
 *
 * Each piece of work is resolved after the commit, as ever. If one fails, all are rolled back: that one is rejected, and the
 * others are done again, each in a transaction of its own, so that a poison message takes no innocent neighbour with it.
 * So `work` may run twice, and must change nothing but what it changes in its `tx`.
 *
 * And what it changes there must stand being done again after it was committed: if the answer to a commit is lost, nobody knows
 * whether it was. An inbox row, claimed in the same `tx` (`claim`), makes the second time a duplicate.
 */
export function groupCommit(database: Database, options: GroupCommitOptions = {}): Database {
  const { atMost = 50, lanes = 2, patienceMs = 500, shared = database } = options;
  const waiting: Work[] = [];
  let busy = 0;

  function start(): void {
    while (busy < lanes && waiting.length > 0) {
      busy += 1;
      const leave = once(() => {
        busy -= 1;
        start();
      });
      const timer = setTimeout(leave, patienceMs);
      void commit(database, shared, waiting.splice(0, atMost)).finally(() => {
        clearTimeout(timer);
        leave();
      });
    }
  }

  return {
    transaction<Result>(run: (tx: Tx) => Promise<Result>): Promise<Result> {
      return new Promise<Result>((resolve, reject) => {
        const asAsked = AsyncLocalStorage.snapshot();
        waiting.push({ run, asAsked, resolve: resolve as Work['resolve'], reject });
        start();
      });
    },
  };
}

/** Never rejects: each piece of work hears for itself. */
async function commit(database: Database, shared: Database, works: readonly Work[]): Promise<void> {
  const left = works.length > 1 ? await commitTogether(shared, works) : works;
  await Promise.all(
    left.map(({ run, asAsked, resolve, reject }) =>
      asAsked(() => database.transaction(run)).then(resolve, reject),
    ),
  );
}

/** Answers what is still to be done, each by itself: nothing when all are committed. */
async function commitTogether(database: Database, works: readonly Work[]): Promise<readonly Work[]> {
  let underWay: Work | undefined;
  try {
    const results = await database.transaction(async (tx) => {
      // Whoever waits for a lock makes all wait who share his transaction: not for long. Alone he may wait as he likes.
      await tx.query("set local lock_timeout = '300ms'");
      const done: unknown[] = [];
      for (const work of works) {
        underWay = work;
        done.push(await work.asAsked(() => work.run(tx)));
      }
      underWay = undefined;
      return done;
    });
    for (const [position, { resolve }] of works.entries()) resolve(results[position]);
    return [];
  } catch (error) {
    // The one that failed has had its try, and that is one. If it was the commit, or a lock, all have another: what was
    // committed after all, and its answer lost, has to turn out to be a duplicate.
    if (isLockTimeout(error)) return works;
    underWay?.reject(error);
    return works.filter((work) => work !== underWay);
  }
}

/** PostgreSQL's `lock_not_available`. */
function isLockTimeout(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === '55P03';
}

function once(work: () => void): () => void {
  let isDone = false;
  return () => {
    if (isDone) return;
    isDone = true;
    work();
  };
}
