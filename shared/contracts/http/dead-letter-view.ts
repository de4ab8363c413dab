import { type Static, Type } from 'typebox';
import { BrokerName } from '../vocabulary.ts';

const Headers = Type.Record(Type.String(), Type.String());

/** A message that was given up. Personal data never enters messages, so that it can be shown as it is. */
export const DeadLetterView = Type.Object({
  id: Type.String({ description: 'The service that has it, a dot, a UUID' }),
  service: Type.String(),
  consumer: Type.String({ description: 'Who gave it up, and gets it when it is redriven' }),
  queue: Type.String({ description: 'The queue or topic of dead letters that it came by' }),
  broker: BrokerName,
  /** Of a message whose id is a UUID; any other cannot be redriven. */
  messageId: Type.Optional(Type.String()),
  type: Type.Optional(Type.String()),
  subject: Type.Optional(Type.String()),
  orderId: Type.Optional(Type.String()),
  reason: Type.String({
    description:
      '`permanent`, `attempts-exhausted`, `process-died`, or `broker-` and what RabbitMQ says of a message that it set aside by itself',
  }),
  /** `error` is `code: message`; `stackHash` is the same for the same failure at the same place of the code. */
  cause: Type.Object({
    reason: Type.String(),
    error: Type.Optional(Type.String()),
    code: Type.Optional(Type.String()),
    stackHash: Type.Optional(Type.String()),
  }),
  attempts: Type.Integer(),
  /** The tries that failed, oldest first. */
  history: Type.Array(Type.Object({ at: Type.String(), error: Type.String() })),
  /** Where it was first taken from: on RabbitMQ with exchange and routing key, on Kafka with the place in its topic. */
  origin: Type.Object({
    broker: BrokerName,
    channel: Type.String(),
    address: Type.Object({ channel: Type.String(), key: Type.String() }),
    position: Type.Optional(Type.String()),
    exchange: Type.Optional(Type.String()),
    routingKey: Type.Optional(Type.String()),
    topic: Type.Optional(Type.String()),
    partition: Type.Optional(Type.Integer()),
    offset: Type.Optional(Type.String()),
    key: Type.Optional(Type.String()),
  }),
  attributes: Headers,
  headers: Headers,
  payload: Type.Optional(
    Type.Unknown({
      description: 'The body: parsed if it is JSON, else as text; not in a list if it is large',
    }),
  ),
  payloadBytes: Type.Optional(
    Type.Integer({ description: 'Instead of a payload that is too large for a list' }),
  ),
  encoding: Type.Optional(Type.Literal('base64', { description: 'Of a payload that is no text' })),
  diedAt: Type.String({ format: 'date-time' }),
  status: Type.Enum(['waiting', 'redriven', 'handled', 'discarded']),
});
export type DeadLetterView = Static<typeof DeadLetterView>;

/** With what was done to it, and its body to the letter: parsed, a large number would be another. */
export const DeadLetterDetails = Type.Object({
  ...DeadLetterView.properties,
  payloadText: Type.Optional(Type.String()),
  actions: Type.Array(
    Type.Object({ at: Type.String({ format: 'date-time' }), who: Type.String(), what: Type.String() }),
  ),
});
export type DeadLetterDetails = Static<typeof DeadLetterDetails>;

/** The waiting letters, newest first. `total` counts all that the filter lets through, not only this page. */
export const DeadLetterList = Type.Object({
  total: Type.Integer({ minimum: 0 }),
  deadLetters: Type.Array(DeadLetterView),
  nextCursor: Type.Optional(Type.String()),
});
export type DeadLetterList = Static<typeof DeadLetterList>;

/** The message keeps its id. `already-handled`: redriven before, or handled after all. */
const RedriveOutcome = Type.Enum(['redriven', 'would-redrive', 'already-handled']);

export const RedriveResult = Type.Object({
  outcome: RedriveOutcome,
  id: Type.String(),
  messageId: Type.Optional(Type.String()),
  consumer: Type.String(),
  broker: BrokerName,
  dryRun: Type.Optional(Type.Boolean()),
});
export type RedriveResult = Static<typeof RedriveResult>;

/** `already-handled`: its message was redriven before, or handled after all; nothing is discarded. */
export const DiscardResult = Type.Object({
  outcome: Type.Enum(['discarded', 'already-handled']),
  id: Type.String(),
});
export type DiscardResult = Static<typeof DiscardResult>;

/** `remaining` letters of this filter wait afterwards: beyond the limit, come meanwhile, or such as can only be discarded. */
export const RedriveManyResult = Type.Object({
  outcome: RedriveOutcome,
  redriven: Type.Integer({ minimum: 0 }),
  wouldRedrive: Type.Optional(Type.Integer({ minimum: 0 })),
  alreadyHandled: Type.Integer({ minimum: 0 }),
  remaining: Type.Integer({ minimum: 0 }),
  dryRun: Type.Optional(Type.Boolean()),
});
export type RedriveManyResult = Static<typeof RedriveManyResult>;
