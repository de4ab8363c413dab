import { useEffect, useSyncExternalStore } from 'react';
import { call } from '../api/call.ts';
import { subscribeToLive } from '../live/stream.ts';
import { BrokerBadge, OrderLink, StatusBadge } from '../parts/badge.tsx';
import { count, duration, money } from '../parts/formats.ts';
import { Empty } from '../parts/notices.tsx';
import { ScrollX } from '../parts/scroll-x.tsx';
import { isFinal, PlacedOrders } from './placed-orders.ts';

/** Kept while the page is open, whatever view is shown. */
export const placed = new PlacedOrders(500);
subscribeToLive(({ fresh }) => placed.note(fresh));

const shown = 25;
/** What the stream tells may be missed when it breaks; a few are looked up, so that none stays open for ever. */
const lookUpMs = 3_000;
const lookUpAtOnce = 10;

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
          <p className="soft small" role="status">
            {count(underWay)} under way, {count(completed)} completed, {count(cancelled)} cancelled
          </p>
        )}
      </div>
      {orders.length === 0 ? (
        <Empty>Nothing yet. What you place shows up here and moves on by itself.</Empty>
      ) : (
        <ScrollX label="Orders placed from here">
          <table className="placed">
            <thead>
              <tr>
                <th scope="col">Order</th>
                <th scope="col">State</th>
                <th scope="col">Broker</th>
                <th scope="col" className="number">
                  Total
                </th>
                <th scope="col" className="number">
                  Took
                </th>
              </tr>
            </thead>
            <tbody>
              {orders.slice(0, shown).map(({ orderId, status, reason, broker, total, tookMs }) => (
                <tr key={orderId}>
                  <td>
                    <OrderLink orderId={orderId} />
                  </td>
                  <td>
                    <StatusBadge status={status} reason={reason} />
                  </td>
                  <td>
                    <BrokerBadge broker={broker} />
                  </td>
                  <td className="number">{money(total)}</td>
                  <td className="number">{tookMs === undefined ? '' : duration(tookMs)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </ScrollX>
      )}
      {orders.length > shown && (
        <p className="soft small">
          The newest {shown} of {count(orders.length)} are shown.
        </p>
      )}
    </section>
  );
}

function useLookUp(): void {
  useEffect(() => {
    const timer = setInterval(() => {
      const open = placed.view().filter(({ status }) => !isFinal(status));
      for (const { orderId } of open.slice(-lookUpAtOnce)) void lookUp(orderId);
    }, lookUpMs);
    return () => clearInterval(timer);
  }, []);
}

async function lookUp(orderId: string): Promise<void> {
  const order = await call<{ status: string; reason?: string; createdAt: string; updatedAt: string }>(
    `/api/orders/${orderId}`,
  ).catch(() => undefined);
  if (!order) return;
  const told = (at: string, detail: string) =>
    ({ id: orderId, orderId, at, kind: 'state', service: 'order', detail }) as const;
  const state = order.reason ? `${order.status}: ${order.reason}` : order.status;
  placed.note([told(order.createdAt, 'pending'), told(order.updatedAt, state)]);
}
