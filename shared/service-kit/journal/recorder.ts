import { type BrokerName, type Delivery, newMessageId } from '@conveyor/brokers';
import type { JournalKind } from '@conveyor/contracts/messages';
import { codeOf, type Failure, InfrastructureFault } from '@conveyor/patterns/dead-letter-queue/failure';
import type { Tx } from '@conveyor/patterns/transactional-outbox/tx';
import type { Logger } from '../logger.ts';
import type { Told } from '../messaging/message.ts';
import { appendToJournal, type JournalRow, journalRows, orderOf } from './journal-rows.ts';

/** What a consumer's flight recorder writes with. */
export interface RecorderOptions {
  readonly service: string;
  readonly consumer: string;
  /** For what happens outside a handler's transaction. */
  readonly database: Tx;
  /** Called after each commit of entries, with the broker on which they are to leave. */
  readonly onWritten: (broker: BrokerName) => void;
  /** The number of the last try of the retry ladder: of those after it, few are recorded. */
  readonly lastOfLadder: number;
  readonly log: Logger;
}

/**
 * Finds the recording of a delivery: the same one for all tries of it, so that it arrives once. Undefined for a
 * message that belongs to no order.
 */
export function createRecorder(options: RecorderOptions): (delivery: Delivery) => Recording | undefined {
  const recordings = new WeakMap<Delivery, Recording>();
  return (delivery) => {
    const known = recordings.get(delivery);
    if (known) return known;
    const order = orderOf(delivery.attributes);
    if (!order) return undefined;
    const recording = new Recording(options, delivery, order.broker);
    recordings.set(delivery, recording);
    return recording;
  };
}

interface Noted {
  readonly kind: JournalKind;
  readonly attempt?: number;
  readonly detail?: string | undefined;
}

/**
 * What happens to one delivery, in the flight recorder's words. What takes a `tx` is recorded if and only
 * if that commits: say so with `committed`. The rest stands on its own, and but for the end of a message never
 * rejects: it goes its way, recorded or not. Of an error only the code is recorded; the log has it whole.
 */
export class Recording {
  readonly #options: RecorderOptions;
  readonly #delivery: Delivery;
  readonly #broker: BrokerName;
  readonly #arrivedAt = new Date();
  /** The same in each try: if the answer to a commit is lost, an entry is written again, and kept once. */
  readonly #arrivalId = newMessageId();
  readonly #endId = newMessageId();
  #hasArrived = false;
  #hasEnded = false;

  /** `broker`: that of the order. */
  constructor(options: RecorderOptions, delivery: Delivery, broker: BrokerName) {
    this.#options = options;
    this.#delivery = delivery;
    this.#broker = broker;
  }

  /** To be called after the commit of what took a `tx`: the arrival is not written again, and the entries leave. */
  committed(): void {
    this.#hasArrived = true;
    this.#options.onWritten(this.#broker);
  }

  /** Of a task: its intent is committed, the effect is still to come. */
  received(tx: Tx): Promise<void> {
    return appendToJournal(tx, this.#arrival());
  }

  /** Of a task: the outcome of its effect is committed, with what is told of it. */
  settled(tx: Tx, told: Told): Promise<void> {
    return appendToJournal(tx, this.#handling(told));
  }

  /** Received and handled in one transaction. */
  handled(tx: Tx, told: Told): Promise<void> {
    return appendToJournal(tx, [...this.#arrival(), ...this.#handling(told)]);
  }

  duplicate(): Promise<void> {
    return this.#writeIfPossible({ kind: 'duplicate' });
  }

  /**
   * A try has failed and been rolled back; number `attempt` follows. Of the many that repeat the last delay for ever
   * only every 2ⁿth is recorded: the number tells of the others.
   */
  async retried(error: unknown, attempt: number): Promise<void> {
    if (attempt > this.#options.lastOfLadder && !Number.isInteger(Math.log2(attempt))) return;
    await this.#writeIfPossible({ kind: 'retried', attempt, detail: codeOf(error) });
  }

  /**
   * To be called before the message is sent to the dead letters; that may be repeated, this is recorded once.
   *
   * @throws InfrastructureFault when it cannot be written. The message must then stay: with its end unrecorded its
   * order would seem to be under way for ever.
   */
  async deadLettered({ reason, error, attempts }: Failure): Promise<void> {
    if (this.#hasEnded) return;
    const end: Noted = { kind: 'dead-lettered', attempt: attempts, detail: `${reason}: ${codeOf(error)}` };
    try {
      await this.#write(this.#rows(end, new Date(), this.#endId));
    } catch (cause) {
      throw new InfrastructureFault('end-unrecorded', 'The flight recorder could not be written', { cause });
    }
    this.#hasEnded = true;
  }

  async #writeIfPossible(note: Noted): Promise<void> {
    const { log, consumer } = this.#options;
    try {
      await this.#write(this.#rows(note));
    } catch (err) {
      log.warn(
        { err, consumer, message_id: this.#delivery.attributes['id'] },
        `${note.kind} is not recorded`,
      );
    }
  }

  /** With the arrival, if a rollback has taken that back. */
  async #write(rows: readonly JournalRow[]): Promise<void> {
    await appendToJournal(this.#options.database, [...this.#arrival(), ...rows]);
    this.committed();
  }

  #handling({ drafts, state, delivered }: Told): readonly JournalRow[] {
    // What was said is named, so that nobody takes an order for finished while that has still to leave.
    const notes: readonly Noted[] = [
      { kind: 'handled', detail: drafts.map(({ type }) => type).join(', ') },
      ...(state ? [{ kind: 'state', detail: state } as const] : []),
      ...(delivered ? [{ kind: 'delivered', detail: delivered } as const] : []),
    ];
    const now = new Date();
    return notes.flatMap((note) => this.#rows(note, now));
  }

  #arrival(): readonly JournalRow[] {
    if (this.#hasArrived) return [];
    const { channel } = this.#delivery.origin;
    return this.#rows({ kind: 'received', detail: channel }, this.#arrivedAt, this.#arrivalId);
  }

  #rows({ detail, ...note }: Noted, at = new Date(), id = newMessageId()): readonly JournalRow[] {
    const { attributes, origin } = this.#delivery;
    const { service, consumer } = this.#options;
    const { broker } = origin;
    return journalRows(attributes, { id, at, service, consumer, broker, ...note, ...(detail && { detail }) });
  }
}
