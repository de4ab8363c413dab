import type { OrderView } from '@conveyor/contracts/http';
import { type Draft, type OrderState, versionOf } from '@conveyor/contracts/messages';
import type { Story } from '@conveyor/patterns/correlation-tracing/story';
import { appendToStream, type StoredEvent } from '@conveyor/patterns/event-sourcing/event-store';
import { replay } from '@conveyor/patterns/event-sourcing/replay';
import { isDue, keepSnapshot, readTail } from '@conveyor/patterns/event-sourcing/snapshots';
import type { Tx } from '@conveyor/patterns/transactional-outbox/tx';
import { evolve, inWords, isFinal, noOrder, type Order, type OrderEvent } from '../domain/order.ts';
import { fromStore, messageOf, toStore } from './order-event.ts';

/** Few orders live to see so many events; at the end of each, one is taken anyway. */
const snapshotEvery = 20;

/** An order folded from its stream. */
export interface LoadedOrder {
  readonly order: Order;
  /** The number of its events, 0 before the first. */
  readonly version: number;
  /** RFC 3339, of its first and its last event; absent before the first. */
  readonly createdAt?: string;
  readonly updatedAt?: string;
}

/** Loads an order in order to change it: the stream stays locked until the transaction ends. */
export function loadOrder(tx: Tx, orderId: string): Promise<LoadedOrder> {
  return read(tx, orderId, { lock: true });
}

/** What is to be told of a change: its messages, which are the order's events, and the new state in words. */
export interface SavedOrder {
  readonly drafts: readonly Draft[];
  readonly state: string;
}

/** Appends what was decided because of `cause`, and keeps a snapshot if one is due. */
export async function saveOrder(
  tx: Tx,
  orderId: string,
  loaded: LoadedOrder,
  events: readonly OrderEvent[],
  cause: Story,
): Promise<SavedOrder> {
  const now = new Date();
  const stored = events.map((event, index) => toStore(event, loaded.version + 1 + index, cause, now));
  await appendToStream(tx, orderId, loaded.version, stored);
  const saved = stored.reduce(apply, loaded);
  const drafts = stored.map((event) => messageOf(orderId, event));
  const snapshot = await snapshotIfDue(tx, orderId, loaded.version, saved, now);
  return { drafts: [...drafts, ...snapshot], state: inWords(saved.order) };
}

/** The order for looking at, or undefined when there is none. */
export async function viewOrder(tx: Tx, orderId: string): Promise<OrderView | undefined> {
  const loaded = await read(tx, orderId);
  const state = stateOf(loaded);
  if (!state) return undefined;
  const { cancelRequested: _, completionRefused: __, ...order } = state;
  return { ...order, version: loaded.version };
}

/** What an order is after all of `events`, its first ones; undefined when there are none. */
export function foldOrder(events: readonly StoredEvent[]): OrderState | undefined {
  return stateOf(replay({ state: nothing, version: 0 }, events, apply).state);
}

async function read(tx: Tx, orderId: string, options?: { readonly lock: boolean }): Promise<LoadedOrder> {
  const { snapshot, events } = await readTail(tx, orderId, versionOf('order.snapshot'), options);
  const start = snapshot ? fromSnapshot(snapshot.state as OrderState, snapshot.version) : nothing;
  return replay({ state: start, version: start.version }, events, apply).state;
}

const nothing: LoadedOrder = { order: noOrder, version: 0 };

function apply(loaded: LoadedOrder, event: StoredEvent): LoadedOrder {
  const time = event.recordedAt.toISOString();
  return {
    order: evolve(loaded.order, fromStore(event)),
    version: event.version,
    createdAt: loaded.createdAt ?? time,
    updatedAt: time,
  };
}

async function snapshotIfDue(
  tx: Tx,
  orderId: string,
  before: number,
  saved: LoadedOrder,
  takenAt: Date,
): Promise<readonly Draft[]> {
  const state = stateOf(saved);
  if (!state) return [];
  const { version } = saved;
  const closed = isFinal(state.status);
  if (!closed && !isDue(snapshotEvery, before, version)) return [];
  const schemaVersion = versionOf('order.snapshot');
  await keepSnapshot(tx, orderId, { version, schemaVersion, state, takenAt, closed });
  return [{ type: 'order.snapshot', subject: orderId, data: { orderId, version, state } }];
}

/** The order as a snapshot has it; undefined when there is none. */
function stateOf({ order, createdAt, updatedAt }: LoadedOrder): OrderState | undefined {
  if (order.status === 'none' || !createdAt || !updatedAt) return undefined;
  return { ...order, items: [...order.items], createdAt, updatedAt };
}

function fromSnapshot({ createdAt, updatedAt, ...order }: OrderState, version: number): LoadedOrder {
  return { order, version, createdAt, updatedAt };
}
