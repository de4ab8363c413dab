import type { OrderView } from '@conveyor/contracts/http';
import { call } from '../api/call.ts';
import { useAnswer } from '../api/use-answer.ts';
import { Badge, StatusBadge } from '../parts/badge.tsx';
import { brokerColumn, orderColumn, placedColumn, totalColumn } from '../parts/order-columns.tsx';
import { type Column, Table } from '../parts/table.tsx';

const everyMs = 2_000;

type Found = OrderView & { readonly written: OrderView | undefined };

const columns: readonly Column<Found>[] = [
  orderColumn,
  {
    title: 'As found',
    cell: ({ status, reason, version }) => (
      <>
        <StatusBadge status={status} reason={reason} /> <span className="soft small">version {version}</span>
      </>
    ),
  },
  { title: 'As written', cell: (found) => <Written found={found} written={found.written} /> },
  {
    title: 'Items',
    className: 'found-items',
    cell: ({ items }) => items.map(({ quantity, name }) => `${quantity} × ${name}`).join(', '),
  },
  brokerColumn,
  placedColumn,
  totalColumn,
];

/** Each order as it was found, beside the same order as it was written. */
export function FoundTable({ orders }: { readonly orders: readonly OrderView[] }) {
  const written = useWritten(orders);
  return (
    <Table
      label="Orders found"
      className="found"
      columns={columns}
      rows={orders.map((order) => ({ ...order, written: written?.get(order.orderId) }))}
      keyOf={({ orderId }) => orderId}
    />
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

/** The same orders, asked for where they are written: again and again, since there they change before they do here. */
function useWritten(orders: readonly OrderView[]): ReadonlyMap<string, OrderView> | undefined {
  const key = orders.map(({ orderId, version }) => `${orderId}:${version}`).join(' ');
  const ask = async (signal: AbortSignal) => {
    const all = await Promise.all(
      orders.map(({ orderId }) =>
        call<OrderView>(`/api/orders/${orderId}`, { signal }).catch(() => undefined),
      ),
    );
    return new Map(all.flatMap((order) => (order ? [[order.orderId, order] as const] : [])));
  };
  return useAnswer(key, ask, everyMs).answer;
}
