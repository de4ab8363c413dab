import { useEffect, useSyncExternalStore } from 'react';
import { call } from '../api/call.ts';
import { keepLooking } from '../api/keep-looking.ts';
import type { LiveEntry } from '../live/live-entries.ts';
import { subscribeToLive } from '../live/stream.ts';
import { count, duration } from '../parts/formats.ts';
import { Empty } from '../parts/notices.tsx';
import { brokerColumn, orderColumn, stateColumn, totalColumn } from '../parts/order-columns.tsx';
import { type Column, Table } from '../parts/table.tsx';
import { lookUpNext } from './look-up-next.ts';
import { type PlacedOrder, PlacedOrders } from './placed-orders.ts';
import { Turns } from './turns.ts';

/** Kept while the page is open, whatever view is shown: as many as can be placed at once. */
export const placed = new PlacedOrders(2_000);
const shown = 25;
/** What the stream tells may be missed; as many as are shown are looked up at a time, so that none stays open for ever. */
const turns = new Turns(shown);
const lookUpMs = 3_000;

subscribeToLive(({ fresh, hasGap }) => {
  placed.note(fresh);
  if (hasGap) turns.hurry();
});

const columns: readonly Column<PlacedOrder>[] = [
  orderColumn,
  stateColumn,
  brokerColumn,
  totalColumn,
  { title: 'Took', kind: 'number', cell: ({ tookMs }) => (tookMs === undefined ? '' : duration(tookMs)) },
];

export function PlacedList() {
  const orders = useSyncExternalStore(placed.subscribe, placed.view);
  useLookUp();
  const of = (status: string) => orders.filter((order) => order.status === status).length;
  const [completed, cancelled] = [of('completed'), of('cancelled')];
  const underWay = orders.length - completed - cancelled;
  return (
    <section className="card is-flush" aria-labelledby="placed-title">
      <div className="row is-apart">
        <h2 id="placed-title">Placed from here</h2>
        {orders.length > 0 && (
          <p className="soft small">
            {count(underWay)} under way, {count(completed)} completed, {count(cancelled)} cancelled
          </p>
        )}
        {/* The numbers change several times a second; told are the begin and the end. */}
        <span className="out-of-sight" role="status">
          {orders.length > 0 &&
            (underWay > 0
              ? 'Orders are on their way.'
              : `All have ended: ${count(completed)} completed, ${count(cancelled)} cancelled.`)}
        </span>
      </div>
      {orders.length === 0 ? (
        <Empty>Nothing yet. What you place shows up here and moves on by itself.</Empty>
      ) : (
        <Table
          label="Orders placed from here"
          className="placed"
          columns={columns}
          rows={orders.slice(0, shown)}
          keyOf={({ orderId }) => orderId}
        />
      )}
      {orders.length > shown && (
        <p className="soft small">
          The newest {shown} of {count(placed.total)} are shown.
          {placed.total > orders.length && ` Only the newest ${count(orders.length)} are counted.`}
        </p>
      )}
    </section>
  );
}

/** While somebody looks; the next ones once these have been answered, so that they do not pile up at a service that hangs. */
function useLookUp(): void {
  useEffect(() => {
    const looks = keepLooking(async (signal) => {
      if (!document.hidden)
        await lookUpNext(placed, turns, { lookUp: (orderId) => lookUp(orderId, signal), signal });
      return true;
    }, lookUpMs);
    return looks.stop;
  }, []);
}

async function lookUp(orderId: string, signal: AbortSignal): Promise<readonly LiveEntry[]> {
  const order = await call<{ status: string; reason?: string; createdAt: string; updatedAt: string }>(
    `/api/orders/${orderId}`,
    { signal },
  ).catch(() => undefined);
  if (!order) return [];
  const told = (at: string, detail: string) =>
    ({ id: orderId, orderId, at, kind: 'state', service: 'order', detail }) as const;
  const state = order.reason ? `${order.status}: ${order.reason}` : order.status;
  return [told(order.createdAt, 'pending'), told(order.updatedAt, state)];
}
