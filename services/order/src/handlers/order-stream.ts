import type { OrderView } from '@conveyor/contracts/http';
import type { Draft } from '@conveyor/contracts/messages';
import { appendToStream, readStream, type StoredEvent } from '@conveyor/patterns/event-sourcing/event-store';
import type { Tx } from '@conveyor/patterns/transactional-outbox/tx';
import { evolve, noOrder, type Order, type OrderEvent } from '../domain/order.ts';

/** An order folded from its stream. `version` is the number of its events, 0 before the first. */
export interface LoadedOrder {
  readonly order: Order;
  readonly version: number;
}

/** Loads an order in order to change it: the stream stays locked until the transaction ends. */
export async function loadOrder(tx: Tx, orderId: string): Promise<LoadedOrder> {
  const { events, version } = await readStream(tx, orderId, { lock: true });
  return { order: fold(events), version };
}

/** Appends what was decided, and returns the messages that tell of it: an order's events are its messages. */
export async function saveOrder(
  tx: Tx,
  orderId: string,
  { version }: LoadedOrder,
  events: readonly OrderEvent[],
): Promise<readonly Draft[]> {
  await appendToStream(tx, orderId, version, events);
  return events.map(
    ({ type, data }, index) =>
      ({ type, subject: orderId, data: { ...data, version: version + 1 + index } }) as Draft,
  );
}

/** The order for looking at, or undefined when there is none. */
export async function viewOrder(tx: Tx, orderId: string): Promise<OrderView | undefined> {
  const { events, version } = await readStream(tx, orderId);
  const order = fold(events);
  const [first] = events;
  const last = events.at(-1);
  if (order.status === 'none' || !first || !last) return undefined;
  return {
    ...order,
    items: [...order.items],
    createdAt: first.recordedAt.toISOString(),
    updatedAt: last.recordedAt.toISOString(),
    version,
  };
}

function fold(events: readonly StoredEvent[]): Order {
  return events.reduce((order, { type, data }) => evolve(order, { type, data } as OrderEvent), noOrder);
}
