import { type Delivery, newMessageId } from '@conveyor/brokers';
import type { Draft, JournalKind } from '@conveyor/contracts/messages';
import { type Failure, Fault, PermanentFault } from '@conveyor/patterns/dead-letter-queue/failure';
import type { Tx } from '@conveyor/patterns/transactional-outbox/tx';
import type { Logger } from '../logger.ts';
import type { Told } from '../messaging/message.ts';
import { appendToJournal, type JournalRow, journalRows } from './journal-rows.ts';

/** What a consumer's flight recorder writes with. */
export interface RecorderOptions {
  readonly service: string;
  readonly consumer: string;
  /** For what happens outside a handler's transaction. */
  readonly database: Tx;
  /** Called after such a write. */
  readonly onWritten: () => void;
  readonly log: Logger;
}

/** Finds the recording of a delivery: the same one for all tries of it, so that it arrives once. */
export function createRecorder(options: RecorderOptions): (delivery: Delivery) => Recording {
  const recordings = new WeakMap<Delivery, Recording>();
  return (delivery) => {
    const known = recordings.get(delivery);
    if (known) return known;
    const recording = new Recording(options, delivery);
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
 * if that commits. The rest stands on its own, and never rejects: a message goes its way, recorded or not.
 */
export class Recording {
  readonly #options: RecorderOptions;
  readonly #delivery: Delivery;
  readonly #arrivedAt = new Date();
  /** One for all tries, so that an arrival that is written again with each of them is kept once. */
  readonly #arrivalId = newMessageId();
  #deadLettered: Promise<void> | undefined;

  constructor(options: RecorderOptions, delivery: Delivery) {
    this.#options = options;
    this.#delivery = delivery;
  }

  /** Of a task: its intent is committed, the effect is still to come. */
  received(tx: Tx): Promise<void> {
    return appendToJournal(tx, this.#arrival());
  }

  /** Of a task: the outcome of its effect is committed, with what is said about it. */
  settled(tx: Tx, said: readonly Draft[]): Promise<void> {
    return appendToJournal(tx, this.#rows(handled(said)));
  }

  /** Received and handled in one transaction; `state` is the new state in words, if there is one. */
  handled(tx: Tx, { drafts, state }: Told): Promise<void> {
    const now = new Date();
    const newState = state ? this.#rows({ kind: 'state', detail: state }, now) : [];
    return appendToJournal(tx, [...this.#arrival(), ...this.#rows(handled(drafts), now), ...newState]);
  }

  duplicate(): Promise<void> {
    return this.#writeAlone({ kind: 'duplicate' });
  }

  /** A try has failed and been rolled back; number `attempt` follows. */
  retried(error: unknown, attempt: number): Promise<void> {
    return this.#writeAlone({ kind: 'retried', attempt, detail: inWords(error) });
  }

  /** To be called before the message is sent to the dead letters; that may be repeated, this is written once. */
  deadLettered({ reason, error, attempts }: Failure): Promise<void> {
    this.#deadLettered ??= this.#writeAlone({
      kind: 'dead-lettered',
      attempt: attempts,
      detail: `${reason}: ${inWords(error)}`,
    });
    return this.#deadLettered;
  }

  /** With the arrival, which a rollback has taken back. */
  async #writeAlone(note: Noted): Promise<void> {
    const { database, onWritten, log, consumer } = this.#options;
    try {
      await appendToJournal(database, [...this.#arrival(), ...this.#rows(note)]);
      onWritten();
    } catch (err) {
      log.warn(
        { err, consumer, message_id: this.#delivery.attributes['id'] },
        `${note.kind} is not recorded`,
      );
    }
  }

  #arrival(): readonly JournalRow[] {
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

/** Its detail names what was said, so that nobody takes an order for finished while that has still to leave. */
function handled(said: readonly Draft[]): Noted {
  return { kind: 'handled', detail: said.map(({ type }) => type).join(', ') };
}

/** Without what the message said: errors about its body, and those of others, may quote it. The log has them whole. */
function inWords(error: unknown): string {
  if (error instanceof PermanentFault) return error.code;
  if (error instanceof Fault) return `${error.code}: ${error.message}`;
  if (!(error instanceof Error)) return 'unknown error';
  return 'code' in error && typeof error.code === 'string' ? error.code : error.name;
}
