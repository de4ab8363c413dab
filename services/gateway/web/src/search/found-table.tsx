import type { OrderView } from '@conveyor/contracts/http';
import { call } from '../api/call.ts';
import { useAnswer } from '../api/use-answer.ts';
import { Badge, StatusBadge } from '../parts/badge.tsx';
import { ErrorNotice } from '../parts/notices.tsx';
import { brokerColumn, orderColumn, placedColumn, totalColumn } from '../parts/order-columns.tsx';
import { type Column, Table } from '../parts/table.tsx';

const everyMs = 2_000;

/** Undefined: it has not been answered yet. */
type AsWritten = OrderView | 'not known' | undefined;

type Found = OrderView & { readonly written: AsWritten };

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
  const asWritten = (orderId: string): AsWritten => written && (written.orders.get(orderId) ?? 'not known');
  return (
    <>
      <ErrorNotice error={written?.error} />
      <Table
        label="Orders found"
        className="found"
        columns={columns}
        rows={orders.map((order) => ({ ...order, written: asWritten(order.orderId) }))}
        keyOf={({ orderId }) => orderId}
      />
    </>
  );
}

interface WrittenProps {
  readonly found: OrderView;
  readonly written: AsWritten;
}

function Written({ found, written }: WrittenProps) {
  if (written === undefined) return <span className="soft">…</span>;
  if (written === 'not known') return <span className="soft">{written}</span>;
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

interface AllWritten {
  readonly orders: ReadonlyMap<string, OrderView>;
  /** Why some are not known. */
  readonly error: unknown;
}

/** The same orders, asked for where they are written: again and again, since there they change before they do here. */
function useWritten(orders: readonly OrderView[]): AllWritten | undefined {
  const key = orders.map(({ orderId, version }) => `${orderId}:${version}`).join(' ');
  const ask = async (signal: AbortSignal): Promise<AllWritten> => {
    const asked = orders.map(({ orderId }) => call<OrderView>(`/api/orders/${orderId}`, { signal }));
    const answers = await Promise.allSettled(asked);
    return {
      orders: new Map(
        answers.flatMap((each) => (each.status === 'fulfilled' ? [[each.value.orderId, each.value]] : [])),
      ),
      error: answers.find((each) => each.status === 'rejected')?.reason,
    };
  };
  return useAnswer(key, ask, everyMs).answer;
}
