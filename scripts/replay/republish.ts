import { fromStore, messageOf } from '../../services/order/src/handlers/order-event.ts';
import type { OutgoingMessage, Publisher } from '../../shared/brokers/index.ts';
import { createKafkaBroker } from '../../shared/brokers/kafka/index.ts';
import type { Draft } from '../../shared/contracts/messages/index.ts';
import type { Story } from '../../shared/patterns/14-correlation-tracing/story.ts';
import { newTraceparent } from '../../shared/patterns/14-correlation-tracing/trace-context.ts';
import { toOutboxRows } from '../../shared/service-kit/messaging/outgoing.ts';
import { openEventStore, type StoredStream } from './event-store.ts';
import { orderLogTopology } from './order-log.ts';
import type { Places } from './places.ts';
import { inStore, isReadable } from './recorded-event.ts';

export interface Republishing extends Places {
  readonly print: (line: string) => void;
  readonly signal?: AbortSignal;
}

const connectMs = 20_000;
const tellEveryMs = 2_000;

/**
 * Publishes every event of the event store again: each under its own id, with its own time, each order's in the order of
 * its stream. For a log that was lost; where it was not, everything is in it twice afterwards, and is recognised.
 * Broken off, it is begun again from the start. False: some orders, which are named, lack events in the event store,
 * or have some that cannot be read. Rejects with the first message that Kafka does not confirm.
 */
export async function republish({ kafka, log, eventStore, print, signal }: Republishing): Promise<boolean> {
  const store = openEventStore(eventStore);
  const broker = createKafkaBroker({ brokers: kafka, clientId: 'replay', topology: orderLogTopology(log) });
  const counts = { orders: 0, events: 0, incomplete: 0 };
  let toldAt = performance.now();
  try {
    broker.start();
    await broker.connected(AbortSignal.any([AbortSignal.timeout(connectMs), ...(signal ? [signal] : [])]));
    const total = await store.count();
    for await (const page of store.pages()) {
      signal?.throwIfAborted();
      const readable = page.map((stream) => ({ ...stream, events: stream.events.filter(canBeRead) }));
      const messages = readable.flatMap((stream) => messagesOf(log, stream));
      await publish(broker.publisher, messages);
      for (const { orderId, version } of readable.filter(isIncomplete)) {
        print(
          `Some of the ${version} events of order ${orderId} are not in the event store, or cannot be read.`,
        );
        counts.incomplete += 1;
      }
      counts.orders += page.length;
      counts.events += messages.length;
      if (performance.now() - toldAt < tellEveryMs) continue;
      print(`${counts.orders} of ${total} orders`);
      toldAt = performance.now();
    }
    print(`${counts.events} events of ${counts.orders} orders are in Kafka's log, confirmed.`);
    return counts.incomplete === 0;
  } finally {
    await broker.close();
    await store.close();
  }
}

async function publish(publisher: Publisher, messages: readonly OutgoingMessage[]): Promise<void> {
  const outcomes = await publisher.publish(messages);
  const at = outcomes.findIndex(({ status }) => status !== 'confirmed');
  if (at < 0) return;
  const [outcome, message] = [outcomes[at], messages[at]];
  const why = outcome?.status === 'failed' ? outcome.error.message : JSON.stringify(outcome);
  throw new Error(`${message?.attributes['type']} of order ${message?.address.key} was not stored: ${why}`);
}

function canBeRead(event: StoredStream['events'][number]): boolean {
  return isReadable(inStore(event));
}

function isIncomplete({ version, events }: StoredStream): boolean {
  return events.length !== version;
}

/** The messages of an order's events as they first went to the log. */
function messagesOf(log: string, { orderId, events }: StoredStream): readonly OutgoingMessage[] {
  const [first] = events.map(fromStore);
  // Without its beginning nobody could say where it belongs.
  if (first?.type !== 'order.created') return [];
  const { saga, broker } = first.data;
  return events.flatMap((event) => {
    const cause = { ...metadataOf(orderId, event.metadata), saga, broker };
    const draft: Draft = messageOf(orderId, { ...event, metadata: cause });
    const rows = toOutboxRows(
      { service: 'order', delays: { orderExpiresAfterMs: 1 } },
      cause,
      [draft],
      event.recordedAt,
    );
    return rows
      .filter((row) => row.broker === 'kafka')
      .map(({ message }) => ({ ...message, address: { ...message.address, channel: log } }));
  });
}

/** Events from before they were stored with what their messages need get a trace of their own. */
function metadataOf(orderId: string, metadata: unknown): Story {
  return { correlationid: orderId, traceparent: newTraceparent(), ...(metadata as Partial<Story>) };
}
