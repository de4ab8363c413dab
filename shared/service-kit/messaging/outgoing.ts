import { type Envelope, newMessageId, writeEnvelope } from '@conveyor/brokers';
import type { BrokerName, Priority } from '@conveyor/contracts';
import { type Draft, schemaAttributesOf } from '@conveyor/contracts/messages';
import { type Story, storyOf } from '@conveyor/patterns/correlation-tracing/story';
import { dueAfter } from '@conveyor/patterns/delayed-queue/delayed-queue';
import type { OutboxRow } from '@conveyor/patterns/transactional-outbox/outbox';
import {
  addressOf,
  brokersOf,
  type Delays,
  delayOf,
  isPrioritised,
  priorities,
  type SentType,
} from '@conveyor/topology';
import { followingStory } from '../telemetry/at-hand.ts';
import { isTracing } from '../telemetry/spans.ts';

/** What a new message takes over from whatever led to it: the story, and what is fixed for its order. */
export interface Cause extends Story {
  readonly saga?: string;
  readonly broker?: BrokerName;
}

/** The cause that handling the message of `envelope` is. */
export function causeOf(envelope: Envelope): Cause {
  return {
    ...storyOf(envelope),
    ...(envelope.saga === undefined ? {} : { saga: envelope.saga }),
    ...(envelope.broker === undefined ? {} : { broker: envelope.broker as BrokerName }),
  };
}

/** Who sends: the service, and how long those of its messages wait that are delayed. */
export interface Sender {
  readonly service: string;
  readonly delays: Delays;
}

/** The outbox rows of `drafts`: one per draft and broker that it goes to, in the same order. */
export function toOutboxRows(
  { service, delays }: Sender,
  cause: Cause,
  drafts: readonly Draft[],
  now: Date,
): OutboxRow[] {
  return drafts.flatMap((draft) => {
    const attributes = writeEnvelope({
      ...followingStory(cause),
      id: draft.id ?? newMessageId(),
      type: draft.type,
      source: `/${service}`,
      subject: draft.subject,
      time: draft.time ?? now.toISOString(),
      ...schemaAttributesOf(draft),
      // What tells of a stored event carries what is stored with it; but if spans are measured, the one in which it was written.
      ...(draft.traceparent && !isTracing() && { traceparent: draft.traceparent }),
    });
    const type = draft.type as SentType;
    const priority: Priority = draft.data && 'priority' in draft.data ? draft.data.priority : 'standard';
    const delayMs = delayOf(type, delays);
    const body = Buffer.from(draft.data ? JSON.stringify(draft.data) : '');
    return brokersOf(type, cause.broker).map((broker) => ({
      broker,
      message: {
        address: addressOf(type, broker, draft.subject, delays, priority),
        orderingKey: draft.subject,
        attributes,
        ...(delayMs > 0 && { headers: dueAfter(delayMs, now) }),
        body,
        // Only where it is meant to count: from RabbitMQ 4.0 on every quorum queue would go by it.
        ...(isPrioritised(type) && { priority: priorities[priority].level }),
      },
    }));
  });
}
