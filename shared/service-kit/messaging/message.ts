import type { Envelope } from '@conveyor/brokers';
import type { Draft, MessageData, MessageType } from '@conveyor/contracts/messages';
import type { Tx } from '@conveyor/patterns/transactional-outbox/tx';

/** A message that has been understood: its envelope is complete and its body fits the schema. */
export interface Message<Type extends MessageType = MessageType> {
  readonly id: string;
  readonly type: Type;
  readonly envelope: Envelope;
  readonly data: MessageData<Type>;
}

/** The messages that tell of a change and, for the flight recorder, what it is in words. */
export interface Told {
  readonly drafts: readonly Draft[];
  /** The new state. */
  readonly state?: string;
  /** By what way something has reached the customer. */
  readonly delivered?: string;
}

/** Most tell in messages alone. */
export function wholeOf(told: readonly Draft[] | Told): Told {
  return 'drafts' in told ? told : { drafts: told };
}

/** Changes the service's state in `tx` and returns the messages that tell of it; both are committed together. */
export type Handle<Type extends MessageType> = (
  tx: Tx,
  message: Message<Type>,
) => Promise<readonly Draft[] | Told>;

/** An effect outside the database, in three parts: see `idempotent-consumer/outside-effect`. */
export interface Effect<Type extends MessageType, Intent, Outcome> {
  intend(
    tx: Tx,
    message: Message<Type>,
  ): Promise<{ readonly perform: Intent } | { readonly settled: readonly Draft[] }>;
  perform(intent: Intent, signal: AbortSignal): Promise<Outcome>;
  settle(tx: Tx, message: Message<Type>, intent: Intent, outcome: Outcome): Promise<readonly Draft[] | Told>;
}
