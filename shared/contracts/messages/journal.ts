import { type Static, Type } from 'typebox';
import { BrokerName, OrderId } from '../vocabulary.ts';

/** What can happen to a message, or because of one. */
export const JournalKind = Type.Enum([
  'published',
  'received',
  'handled',
  'duplicate',
  'retried',
  'dead-lettered',
  'redriven',
  'state',
  'projected',
  'delivered',
]);
export type JournalKind = Static<typeof JournalKind>;

/** A message as it was sent, without what says who the customer is, and without payment tokens. */
export const RecordedMessage = Type.Object({
  /** By their CloudEvents names. */
  attributes: Type.Record(Type.String(), Type.String()),
  /** The body; null when it has none. */
  data: Type.Unknown(),
});
export type RecordedMessage = Static<typeof RecordedMessage>;

/** One entry of the flight recorder. Customers and payment tokens stay out of it. */
export const JournalEntry = Type.Object({
  /** A UUID, so that an entry that comes twice is kept once. */
  id: Type.String({ format: 'uuid' }),
  orderId: OrderId,
  at: Type.String({ format: 'date-time' }),
  kind: JournalKind,
  service: Type.String(),
  /** Which consumer of the service, for what happens to a message that arrived. */
  consumer: Type.Optional(Type.String()),
  broker: Type.Optional(BrokerName),
  type: Type.Optional(Type.String()),
  messageId: Type.Optional(Type.String()),
  causationId: Type.Optional(Type.String()),
  /** From 1. */
  attempt: Type.Optional(Type.Integer({ minimum: 1 })),
  /**
   * In words. Of `published` and `received`: where to, where from; `handled`: the types of what was said about it;
   * `state`: the new one; `delivered`: by what way; `retried` and `dead-lettered`: the error.
   */
  detail: Type.Optional(Type.String()),
  /** Of `published`: the message. Kept for whoever asks for it; neither timeline nor stream has it. */
  message: Type.Optional(RecordedMessage),
});
export type JournalEntry = Static<typeof JournalEntry>;

export const journalMessages = {
  // Many entries in one message, because each costs less than a message of its own.
  'journal.recorded': {
    kind: 'event',
    version: 1,
    data: Type.Object({ entries: Type.Array(JournalEntry, { minItems: 1 }) }),
  },
} as const;
