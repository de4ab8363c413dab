import { type Delivery, isUuid } from '../../shared/brokers/index.ts';
import { readLog } from '../../shared/brokers/kafka/index.ts';
import type { Paint } from '../follow/story.ts';
import { type Difference, differencesOf } from './differences.ts';
import { type EventStore, openEventStore, type StoredStream } from './event-store.ts';
import { Fingerprints } from './fingerprints.ts';
import type { Places } from './places.ts';
import { inLog, inStore, isReadable, type RecordedEvent } from './recorded-event.ts';
import { snapshotDifferences } from './snapshot-differences.ts';

export interface Verifying extends Places {
  readonly print: (line: string) => void;
  readonly paint: Paint;
  readonly signal?: AbortSignal;
  /** How many orders are kept in memory; with more the log is read once more for each so many. */
  readonly ordersAtOnce?: number;
}

/** How many orders that differ are looked at closely, and how many of them at once; of the others it is said how many they are. */
const lookedAt = 20_000;
const lookedAtOnce = 1_000;

/**
 * Compares Kafka's log of all orders with the event store, event by event, and prints each difference. True if there is
 * none. It goes twice over what differs: first by fingerprints, then by what the events say. What has been
 * stored but not yet sent is no difference, so it may run while orders come in.
 */
export async function verifyAll(verifying: Verifying): Promise<boolean> {
  const { print, paint, eventStore, ordersAtOnce = 100_000 } = verifying;
  const store = openEventStore(eventStore);
  try {
    const passes = Math.max(1, Math.ceil((await store.count()) / ordersAtOnce));
    const counts = { orders: 0, events: 0 };
    const suspects: string[] = [];
    const differences: Difference[] = [];
    for (let pass = 0; pass < passes; pass++) {
      const isIn = (orderId: string) => placeOf(orderId) % passes === pass;
      const found = await suspectsIn(verifying, store, isIn, counts);
      suspects.push(...found.suspects);
      differences.push(...found.differences);
    }
    for (let from = 0; from < Math.min(suspects.length, lookedAt); from += lookedAtOnce) {
      const some = suspects.slice(from, Math.min(from + lookedAtOnce, lookedAt));
      differences.push(...(await lookClosely(verifying, store, some)));
    }
    for (const { orderId, what } of differences) print(`${paint('red', 'differs')}  ${orderId}  ${what}`);
    if (suspects.length > lookedAt) {
      print(paint('red', `${suspects.length - lookedAt} more orders may differ: mend these first.`));
    }
    const found = new Set(differences.map(({ orderId }) => orderId)).size;
    const isClean = found === 0 && suspects.length <= lookedAt;
    print(
      `${counts.orders} orders with ${counts.events} events in the event store, compared with Kafka's log.`,
    );
    print(isClean ? paint('green', 'They are the same.') : paint('red', `${found} orders differ.`));
    return isClean;
  } finally {
    await store.close();
  }
}

/** The last digits of an id are drawn at random, so they share all orders out evenly. */
function placeOf(orderId: string): number {
  return Number.parseInt(orderId.slice(-8), 16) || 0;
}

/**
 * The orders of which log and event store may not say the same, and what differs within the event store. The log is read
 * first, so the event store knows all that is in it.
 */
async function suspectsIn(
  verifying: Verifying,
  store: EventStore,
  isIn: (orderId: string) => boolean,
  counts: { orders: number; events: number },
): Promise<{ readonly suspects: readonly string[]; readonly differences: readonly Difference[] }> {
  const fingerprints = new Fingerprints();
  await readOrders(verifying, isIn, (orderId, event) => {
    if ('unreadable' in event) fingerprints.addOdd(orderId);
    else fingerprints.add(orderId, event);
  });
  const suspects: string[] = [];
  const differences: Difference[] = [];
  for await (const page of store.pages()) {
    for (const stream of page) {
      const { orderId, version, events } = stream;
      if (!isIn(orderId)) continue;
      counts.orders += 1;
      counts.events += events.length;
      if (fingerprints.takeEqual(orderId, version, events.map(inStore).filter(isReadable))) {
        differences.push(...snapshotDifferences(stream));
      } else suspects.push(orderId);
    }
  }
  return { suspects: [...suspects, ...fingerprints.left], differences };
}

/**
 * What is stored is sent afterwards: so what was stored before the log is read, and no longer waits, must be in it; and what
 * is in it must be stored once it has been read.
 */
async function lookClosely(
  verifying: Verifying,
  store: EventStore,
  orderIds: readonly string[],
): Promise<readonly Difference[]> {
  const before = byId(await store.streams(orderIds));
  const onTheirWay = await store.onTheirWay(orderIds);
  const wanted = new Set(orderIds);
  const logged = new Map<string, RecordedEvent[]>(orderIds.map((orderId) => [orderId, []]));
  const differences: Difference[] = [];
  await readOrders(
    verifying,
    (orderId) => wanted.has(orderId),
    (orderId, event) => {
      if ('unreadable' in event)
        differences.push({ orderId, what: `cannot be read in the log: ${event.unreadable}` });
      else logged.get(orderId)?.push(event);
    },
  );
  const after = byId(await store.streams(orderIds));
  for (const orderId of orderIds) {
    const { version = 0, events = [] } = after.get(orderId) ?? {};
    const isLater = (each: number) => each > (before.get(orderId)?.version ?? 0);
    const later = events.map((event) => event.version).filter(isLater);
    const stored = {
      orderId,
      version,
      events: events.map(inStore),
      onTheirWay: new Set([...(onTheirWay.get(orderId) ?? []), ...later]),
    };
    differences.push(...differencesOf(stored, logged.get(orderId) ?? []));
  }
  return differences;
}

function byId(streams: readonly StoredStream[]): ReadonlyMap<string, StoredStream> {
  return new Map(streams.map((stream) => [stream.orderId, stream]));
}

/** Calls `take` with every event of those orders in the log. What names no order at all is an order of its own kind. */
async function readOrders(
  { kafka, log, signal }: Verifying,
  isIn: (orderId: string) => boolean,
  take: (orderId: string, event: ReturnType<typeof inLog>) => void,
): Promise<void> {
  await readLog(
    { brokers: kafka, clientId: 'replay' },
    {
      topic: log,
      onBatch: async (deliveries) => {
        for (const delivery of deliveries) {
          const orderId = orderOf(delivery);
          if (isIn(orderId)) take(orderId, inLog(delivery));
        }
      },
      ...(signal && { signal }),
    },
  );
}

/** By its key, under which all of an order lies in one partition, in its order. */
function orderOf({ origin }: Delivery): string {
  const { key } = origin.address;
  return isUuid(key) ? key : `unknown order "${key}"`;
}
