import { BrokerBadge, OrderLink, StatusBadge } from './badge.tsx';
import { dateAndTime, money } from './formats.ts';
import type { Column } from './table.tsx';

// What tables of orders have in common; each takes what it shows.

export const orderColumn: Column<{ readonly orderId: string }> = {
  title: 'Order',
  cell: ({ orderId }) => <OrderLink orderId={orderId} />,
};

export const stateColumn: Column<{ readonly status: string; readonly reason?: string | undefined }> = {
  title: 'State',
  cell: ({ status, reason }) => <StatusBadge status={status} reason={reason} />,
};

export const brokerColumn: Column<{ readonly broker: string }> = {
  title: 'Broker',
  cell: ({ broker }) => <BrokerBadge broker={broker} />,
};

export const placedColumn: Column<{ readonly createdAt: string }> = {
  title: 'Placed',
  cell: ({ createdAt }) => dateAndTime(createdAt),
};

export const totalColumn: Column<{ readonly total: Parameters<typeof money>[0] }> = {
  title: 'Total',
  kind: 'number',
  cell: ({ total }) => money(total),
};
