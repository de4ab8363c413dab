import type { OrderView } from '@conveyor/contracts/http';
import { call } from '../api/call.ts';
import { useAnswer } from '../api/use-answer.ts';
import { Badge, BrokerBadge, OrderLink, StatusBadge } from '../parts/badge.tsx';
import { dateAndTime, money } from '../parts/formats.ts';
import { ScrollX } from '../parts/scroll-x.tsx';

/** Each order as it was found, beside the same order as it was written. */
export function FoundTable({ orders }: { readonly orders: readonly OrderView[] }) {
  const written = useWritten(orders);
  return (
    <ScrollX label="Orders found">
      <table className="found">
        <thead>
          <tr>
            <th scope="col">Order</th>
            <th scope="col">As found</th>
            <th scope="col">As written</th>
            <th scope="col">Items</th>
            <th scope="col">Broker</th>
            <th scope="col">Placed</th>
            <th scope="col" className="number">
              Total
            </th>
          </tr>
        </thead>
        <tbody>
          {orders.map((order) => (
            <tr key={order.orderId}>
              <td>
                <OrderLink orderId={order.orderId} />
              </td>
              <td>
                <StatusBadge status={order.status} reason={order.reason} />{' '}
                <span className="soft small">version {order.version}</span>
              </td>
              <td>
                <Written found={order} written={written?.get(order.orderId)} />
              </td>
              <td className="found-items">
                {order.items.map(({ quantity, name }) => `${quantity} × ${name}`).join(', ')}
              </td>
              <td>
                <BrokerBadge broker={order.broker} />
              </td>
              <td>{dateAndTime(order.createdAt)}</td>
              <td className="number">{money(order.total)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </ScrollX>
  );
}

interface WrittenProps {
  readonly found: OrderView;
  readonly written: OrderView | undefined;
}

function Written({ found, written }: WrittenProps) {
  if (!written) return <span className="soft">…</span>;
  const behind = written.version - found.version;
  return (
    <>
      <StatusBadge status={written.status} /> <span className="soft small">version {written.version}</span>{' '}
      {behind > 0 && (
        <Badge tone="warn">
          search is {behind} {behind === 1 ? 'version' : 'versions'} behind
        </Badge>
      )}
    </>
  );
}

/** The same orders, asked for where they are written. */
function useWritten(orders: readonly OrderView[]): ReadonlyMap<string, OrderView> | undefined {
  const key = orders.map(({ orderId, version }) => `${orderId}:${version}`).join(' ');
  const { answer } = useAnswer(key, async (signal) => {
    const all = await Promise.all(
      orders.map(({ orderId }) =>
        call<OrderView>(`/api/orders/${orderId}`, { signal }).catch(() => undefined),
      ),
    );
    return new Map(all.flatMap((order) => (order ? [[order.orderId, order] as const] : [])));
  });
  return answer;
}
