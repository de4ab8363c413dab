import type { OrderView } from '@conveyor/contracts/http';
import type { Draft } from '@conveyor/contracts/messages';
import { appendToStream, readStream, type StoredEvent } from '@conveyor/patterns/event-sourcing/event-store';
import type { Tx } from '@conveyor/patterns/transactional-outbox/tx';
import { evolve, inWords, noOrder, type Order, type OrderEvent } from '../domain/order.ts';
import { fromStore, messageOf, toStore } from './order-event.ts';
import type { Cause } from './ports.ts';

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

/** What is to be told of a change: its messages, which are the order's events, and the new state in words. */
export interface SavedOrder {
  readonly drafts: readonly Draft[];
  readonly state: string;
}

/** Appends what was decided because of `cause`. */
export async function saveOrder(
  tx: Tx,
  orderId: string,
  { order, version }: LoadedOrder,
  events: readonly OrderEvent[],
  cause: Cause,
): Promise<SavedOrder> {
  const now = new Date();
  const stored = events.map((event, index) => toStore(event, version + 1 + index, cause, now));
  await appendToStream(tx, orderId, version, stored);
  const drafts = stored.map((event) => messageOf(orderId, event));
  return { drafts, state: inWords(events.reduce(evolve, order)) };
}

/** The order for looking at, or undefined when there is none. */
export async function viewOrder(tx: Tx, orderId: string): Promise<OrderView | undefined> {
  const { events, version } = await readStream(tx, orderId);
  const folded = fold(events);
  const [first] = events;
  const last = events.at(-1);
  if (folded.status === 'none' || !first || !last) return undefined;
  const { cancelRequested: _, completionRefused: __, ...order } = folded;
  return {
    ...order,
    items: [...order.items],
    createdAt: first.recordedAt.toISOString(),
    updatedAt: last.recordedAt.toISOString(),
    version,
  };
}

function fold(events: readonly StoredEvent[]): Order {
  return events.map(fromStore).reduce(evolve, noOrder);
}
