import type {
  Attributes,
  BrokerName,
  Delivery,
  OutgoingMessage,
  Publisher,
  PublishOutcome,
} from '@conveyor/brokers';
import { ROOT_CONTEXT, type Span, SpanKind, trace } from '@opentelemetry/api';
import { orderOf } from '../journal/journal-rows.ts';
import { type AtHand, withAtHand } from './at-hand.ts';
import { contextOf, fail, inSpan, isTracing, startSpan, traceparentOf } from './spans.ts';

/** What the messages of the flight recorder would tell of themselves is of no use to anybody. */
const untold = 'journal.recorded';

/** What a delivery puts at hand for the log: see {@link inHandlingSpan} for the work itself. */
export function withDelivery<Result>(delivery: Delivery, work: () => Result): Result {
  return withAtHand(atHandOf(delivery.attributes), work);
}

/** The handling of a message by `consumer`: a child of the span that the message names. */
export function inHandlingSpan<Result>(
  consumer: string,
  delivery: Delivery,
  work: () => Promise<Result>,
): Promise<Result> {
  const { attributes } = delivery;
  if (!isTracing() || attributes['type'] === untold) return withDelivery(delivery, work);
  const details = {
    kind: SpanKind.CONSUMER,
    parent: contextOf(attributes['traceparent']),
    attributes: attributesOfHandling(consumer, delivery),
  };
  return inSpan(`handle ${attributes['type']}`, details, (span) =>
    withAtHand({ ...atHandOf(attributes), traceparent: traceparentOf(span) }, work),
  );
}

/**
 * Many messages handled as one: each has a span in its own trace, and the work is done in one more. That stands in
 * the trace of all if they have the same, else in one of its own, with links to theirs.
 */
export async function inBatchSpan(
  name: string,
  consumer: string,
  deliveries: readonly Delivery[],
  work: () => Promise<void>,
): Promise<void> {
  if (!isTracing() || deliveries.length === 0) return work();
  const spans = deliveries.map((delivery) =>
    startSpan(`${name} ${delivery.attributes['type']}`, {
      kind: SpanKind.CONSUMER,
      parent: contextOf(delivery.attributes['traceparent']),
      attributes: attributesOfHandling(consumer, delivery),
    }),
  );
  try {
    await inSpan(`${name} batch`, { kind: SpanKind.INTERNAL, ...forAll(spans) }, work);
  } catch (error) {
    for (const span of spans) fail(span, error);
    throw error;
  } finally {
    for (const span of spans) span.end();
  }
}

/** A publisher with a span for each message: a child of the span that the message names, which wrote it. */
export function tracedPublisher(broker: BrokerName, publisher: Publisher): Publisher {
  return {
    async publish(messages) {
      if (!isTracing() || messages.length === 0) return publisher.publish(messages);
      const spans = messages.map((message) =>
        startSpan(`publish ${message.attributes['type']}`, {
          kind: SpanKind.PRODUCER,
          parent: contextOf(message.attributes['traceparent']),
          attributes: attributesOfPublishing(broker, message),
        }),
      );
      const outcomes = await inRoundTrip(broker, spans, () => publisher.publish(messages));
      for (const [index, span] of spans.entries()) end(span, outcomes[index]);
      return outcomes;
    },
  };
}

/** One message has its round trip for itself; that of many is a span of its own. */
function inRoundTrip<Result>(
  broker: BrokerName,
  spans: readonly Span[],
  work: () => Promise<Result>,
): Promise<Result> {
  if (spans.length === 1) return work();
  const attributes = {
    'messaging.system': broker,
    'messaging.operation.name': 'publish',
    'messaging.operation.type': 'send',
    'messaging.batch.message_count': spans.length,
  };
  return inSpan('publish batch', { kind: SpanKind.CLIENT, attributes, ...forAll(spans) }, work);
}

function end(span: Span, outcome: PublishOutcome | undefined): void {
  if (outcome?.status !== 'confirmed') fail(span, outcome?.status === 'failed' ? outcome.error : undefined);
  span.end();
}

/** Where a span stands that serves all of `spans`. */
function forAll(spans: readonly Span[]) {
  const [first, ...others] = spans.map((span) => span.spanContext());
  const isOneTrace = first !== undefined && others.every(({ traceId }) => traceId === first.traceId);
  return {
    parent: isOneTrace ? trace.setSpanContext(ROOT_CONTEXT, first) : ROOT_CONTEXT,
    links: spans.map((span) => ({ context: span.spanContext() })),
  };
}

function atHandOf(attributes: Attributes): AtHand {
  return {
    traceparent: attributes['traceparent'],
    correlationId: attributes['correlationid'],
    orderId: orderOf(attributes)?.orderId,
  };
}

/** What every span of a message says of it, in the words of OpenTelemetry's conventions and in those of our log lines. */
function attributesOf(broker: BrokerName, attributes: Attributes) {
  const { id, correlationid, type } = attributes;
  const order = orderOf(attributes);
  return {
    'messaging.system': broker,
    ...(id !== undefined && { 'messaging.message.id': id }),
    ...(correlationid !== undefined && {
      'messaging.message.conversation_id': correlationid,
      correlation_id: correlationid,
    }),
    ...(order && { order_id: order.orderId }),
    ...(type !== undefined && { 'cloudevents.event_type': type }),
  };
}

function attributesOfHandling(consumer: string, { attributes, origin }: Delivery) {
  const { broker, channel, address, position } = origin;
  const [partition, offset] = position?.split(':') ?? [];
  return {
    ...attributesOf(broker, attributes),
    'messaging.operation.name': 'handle',
    'messaging.operation.type': 'process',
    'messaging.consumer.group.name': consumer,
    'messaging.destination.name': nameOf(
      broker === 'kafka' ? [channel] : [address.channel, address.key, channel],
    ),
    ...(partition !== undefined && { 'messaging.destination.partition.id': partition }),
    ...(offset !== undefined && { 'messaging.kafka.offset': Number(offset) }),
  };
}

function attributesOfPublishing(broker: BrokerName, { address, attributes }: OutgoingMessage) {
  return {
    ...attributesOf(broker, attributes),
    'messaging.operation.name': 'publish',
    'messaging.operation.type': 'send',
    'messaging.destination.name': nameOf(
      broker === 'kafka' ? [address.channel] : [address.channel, address.key],
    ),
  };
}

/** RabbitMQ's places have up to three names, `exchange:routing key:queue`; those that say nothing are left out. */
function nameOf(parts: readonly string[]): string {
  return [...new Set(parts.filter((part) => part !== ''))].join(':');
}
