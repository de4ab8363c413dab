import { growingPause } from '../pause.ts';

const patienceMs = 60_000;

/** The coordinator is being loaded, there is none yet, it has just become another one. */
const notYet: ReadonlySet<unknown> = new Set([14, 15, 16]);

/**
 * Resolves once `ask`, a question to the coordinator of a group, is answered. The first group on a new Kafka makes it create the
 * topic that holds positions. Until that has leaders, for some seconds, there is no coordinator: no failure of whoever wants to
 * join. Rejects with what else goes wrong, and with that as well when it lasts.
 */
export async function coordinated(ask: () => Promise<unknown>, signal: AbortSignal): Promise<void> {
  const until = performance.now() + patienceMs;
  for (let failures = 0; ; failures++) {
    try {
      await ask();
      return;
    } catch (error) {
      if (!isStarting(error) || signal.aborted || performance.now() > until) throw error;
      await growingPause(failures, signal);
    }
  }
}

/** kafkajs wraps what it has tried several times. */
function isStarting(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return (
    error.name === 'KafkaJSGroupCoordinatorNotFound' ||
    ('code' in error && notYet.has(error.code)) ||
    isStarting(error.cause)
  );
}
