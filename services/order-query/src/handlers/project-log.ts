import type { Delivery } from '@conveyor/brokers';
import type { OnLogBatch } from '@conveyor/brokers/kafka';
import { isUuid } from '@conveyor/contracts';
import { untilItWorks } from '@conveyor/patterns/at-least-once/until-it-works';
import type { ProjectBatch } from '@conveyor/patterns/cqrs/batch-projection';
import { classify, PermanentFault } from '@conveyor/patterns/dead-letter-queue/failure';
import type { LoggedEvent } from './logged-event.ts';

export interface ProjectLogDeps {
  /** @throws PermanentFault for what cannot be read. */
  readonly read: (delivery: Delivery) => LoggedEvent;
  readonly projection: ProjectBatch<LoggedEvent>;
  /** Called with what is in the documents now. It may be called again for the same. */
  readonly onApplied: (events: readonly LoggedEvent[]) => Promise<void>;
  /** Called with the orders that stand still from here on, for all that this generation knows. */
  readonly onStopped: (orderIds: readonly string[]) => Promise<void>;
  /** Sees to a message that a batch can do nothing with, and resolves when it is dealt with or safe elsewhere. */
  readonly oneByOne: (delivery: Delivery, signal: AbortSignal) => Promise<unknown>;
  /** Called with what keeps a batch from being written; it is repeated. */
  readonly onTrouble: (error: unknown) => void;
}

/** A message of the log, and the event that it tells of; none if it cannot be read. */
export interface LogEntry {
  readonly delivery: Delivery;
  readonly event: LoggedEvent | undefined;
}

export interface LogProjection {
  readonly read: (delivery: Delivery) => LogEntry;
  readonly onBatch: OnLogBatch<LogEntry>;
}

/**
 * Projects what is read from the log, a batch at a time. `onBatch` resolves when every event of the batch is in the
 * documents or lies among the dead letters: an event that cannot be read, and whatever follows it in the same order, since a
 * document does not go on across a gap. The other orders do.
 */
export function projectLog(deps: ProjectLogDeps): LogProjection {
  const { projection, onApplied, onStopped, oneByOne, onTrouble } = deps;

  const read = (delivery: Delivery): LogEntry => ({ delivery, event: readOrNot(deps.read, delivery) });

  const onBatch: OnLogBatch<LogEntry> = async (entries, signal) => {
    const events = new Map<LoggedEvent, Delivery>();
    const odd = new Set<Delivery>();
    for (const { delivery, event } of entries) {
      if (event) events.set(event, delivery);
      else odd.add(delivery);
    }
    const left = new Set(await projectAll([...events.keys()], signal));
    for (const [event, delivery] of events) if (left.has(event)) odd.add(delivery);
    if (odd.size === 0) return;
    const orderIds = [...odd].map(({ attributes }) => attributes['subject'] ?? '').filter(isUuid);
    await untilItWorks(() => onStopped([...new Set(orderIds)]), isRepeated, signal, onTrouble);
    // In the order of the log, which is the order in which they can be redriven.
    for (const { delivery } of entries) {
      // A batch that is read again after a crash does not say so; each of it may have been here before.
      if (odd.has(delivery)) await oneByOne({ ...delivery, redelivered: true }, signal);
    }
  };

  return { read, onBatch };

  /** Resolves with those that could not be applied. */
  async function projectAll(
    events: readonly LoggedEvent[],
    signal: AbortSignal,
  ): Promise<readonly LoggedEvent[]> {
    if (events.length === 0) return [];
    const apply = async () => {
      const { applied, gaps } = await projection(events);
      await onApplied(applied);
      return gaps;
    };
    try {
      return await untilItWorks(apply, isRepeated, signal, onTrouble);
    } catch (error) {
      if (signal.aborted) throw error;
      return events;
    }
  }
}

/** What no message is to blame for. All else is: which, is found out one by one. */
function isRepeated(error: unknown): boolean {
  return classify(error) === 'infrastructure';
}

function readOrNot(read: ProjectLogDeps['read'], delivery: Delivery): LoggedEvent | undefined {
  try {
    return read(delivery);
  } catch (error) {
    if (error instanceof PermanentFault) return undefined;
    throw error;
  }
}
