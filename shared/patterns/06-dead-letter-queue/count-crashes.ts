import type { Delivery } from '@conveyor/brokers';
import type { Tx } from '@conveyor/patterns/transactional-outbox/tx';
import { attemptOf } from './account.ts';
import { type Attempt, messageIdOf } from './attempt.ts';
import { beginHandling, crashesOf, endHandling, forgetCrashes, interruptHandling } from './crash-counts.ts';
import { type Failure, PermanentFault } from './failure.ts';
import type { Handling } from './retries.ts';
import type { Solitude } from './solitude.ts';

export interface CountCrashesOptions {
  readonly consumer: string;
  /** Statements of their own: a row that is rolled back with the handler would count nothing. */
  readonly database: Tx;
  /** A UUID, new for each life of the process. */
  readonly holder: string;
  /** One for all consumers of the process: they die together. */
  readonly solitude: Solitude;
  /** How many processes must be known to have died with a message before it is given up. At least 2: at the first death others were in hand as well. */
  readonly deaths: number;
  readonly attempt: Attempt;
  /** Resolves once the message is a dead letter. */
  readonly giveUp: (delivery: Delivery, failure: Failure) => Promise<void>;
}

/**
 * Gives up a message that kills its process. No handler can catch that, and a delivery limit on the queue counts all
 * that were in hand together: it would set the innocent aside with the guilty one.
 *
 * A message that comes for the first time costs nothing, and leaves no trace. One that may have been handed out before may
 * have been in hand when a process died: for it a row is written before it is handled, and removed afterwards. Found with
 * the row of another life of the process, it is handled *alone*: if the process dies again, we know who it was. So a message
 * can kill once more than is known.
 *
 * Not caught: what kills later than `solitude` keeps others away.
 */
export function countCrashes(options: CountCrashesOptions): Attempt {
  const { consumer, database, holder, solitude, deaths, attempt, giveUp } = options;
  return async (delivery, signal) => {
    const messageId = messageIdOf(delivery);
    if (messageId === undefined || !delivery.redelivered) {
      return inCompany(solitude, () => attempt(delivery, signal), signal);
    }
    const handling: Handling = { consumer, messageId };
    const crashes = await crashesOf(database, handling, holder);
    if (crashes >= deaths) {
      await giveUp(delivery, processDied(attemptOf(delivery) - 1 + crashes, crashes));
      await forgetCrashes(database, handling);
      return 'given-up';
    }
    // If it cannot be written, the row says that this process has it in hand: true or not, nobody is blamed while it lives.
    const note = (write: typeof endHandling) => write(database, handling, holder).catch(() => {});
    const leave = await solitude.enter(crashes > 0, () => void note(endHandling));
    try {
      signal.throwIfAborted();
      await beginHandling(database, handling, holder);
      const ending = await attempt(delivery, signal);
      await note(endHandling);
      return ending;
    } catch (error) {
      await note(interruptHandling);
      throw error;
    } finally {
      leave();
    }
  };
}

async function inCompany<Result>(
  solitude: Solitude,
  work: () => Promise<Result>,
  signal: AbortSignal,
): Promise<Result> {
  const leave = await solitude.enter(false);
  try {
    signal.throwIfAborted();
    return await work();
  } finally {
    leave();
  }
}

function processDied(attempts: number, crashes: number): Failure {
  const error = new PermanentFault('process-died', `${crashes} processes died with this message in hand`);
  return { reason: 'process-died', error, attempts };
}
