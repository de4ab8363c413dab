import type { ReactNode } from 'react';
import { hrefOf } from '../routing/route.ts';

export type Tone = 'good' | 'warn' | 'bad' | 'accent' | 'calm' | 'kafka' | 'rabbitmq';

export function Badge({ tone, children }: { readonly tone: Tone; readonly children: ReactNode }) {
  return <span className={`badge is-${tone}`}>{children}</span>;
}

/** Signs beside the words, so that a status can be told without its colour. */
const statuses: Readonly<Record<string, readonly [Tone, string]>> = {
  pending: ['calm', '○ pending'],
  reserved: ['accent', '◔ reserved'],
  paid: ['accent', '◕ paid'],
  completed: ['good', '● completed'],
  cancelled: ['bad', '✕ cancelled'],
};

export function StatusBadge({
  status,
  reason,
}: {
  readonly status: string;
  readonly reason?: string | undefined;
}) {
  const [tone, text] = statuses[status] ?? (['calm', status] as const);
  return (
    <Badge tone={tone}>
      {text}
      {reason ? `: ${reason}` : ''}
    </Badge>
  );
}

export function BrokerBadge({ broker }: { readonly broker: string }) {
  if (broker === 'kafka') return <Badge tone="kafka">Kafka</Badge>;
  return <Badge tone="rabbitmq">RabbitMQ</Badge>;
}

/** Ids begin with their time, so orders placed together look alike at the front: the end tells them apart. */
export function OrderLink({ orderId }: { readonly orderId: string }) {
  return (
    <a className="mono" href={hrefOf('orders', orderId)} title={orderId}>
      …{orderId.slice(-8)}
    </a>
  );
}
