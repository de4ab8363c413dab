import type { OrderView, SagaProgress } from '@conveyor/contracts/http';
import { Badge, BrokerBadge, StatusBadge, type Tone } from '../parts/badge.tsx';
import { dateAndTime, money } from '../parts/formats.ts';

const states: Readonly<Record<SagaProgress['state'], readonly [Tone, string]>> = {
  running: ['accent', '▷ running'],
  compensating: ['warn', '↩ undoing what was done'],
  done: ['good', '● all done'],
  stuck: ['bad', '✕ stuck, a person must look'],
};

interface OrderFactsProps {
  readonly order: OrderView;
  readonly saga: SagaProgress & { readonly style: string };
}

/** What the order service says, and where the saga is. */
export function OrderFacts({ order, saga }: OrderFactsProps) {
  const [tone, text] = states[saga.state];
  return (
    <dl className="facts">
      <dt>Order</dt>
      <dd className="mono">{order.orderId}</dd>
      <dt>State</dt>
      <dd className="row">
        <StatusBadge status={order.status} reason={order.reason} />
        <BrokerBadge broker={order.broker} />
        <span className="soft small">
          version {order.version}, {dateAndTime(order.updatedAt)}
        </span>
      </dd>
      <dt>Goods</dt>
      <dd>
        {order.items.map(({ quantity, name }) => `${quantity} × ${name}`).join(', ')}: {money(order.total)}
      </dd>
      <dt>Saga</dt>
      <dd className="row">
        <span>{saga.style}</span>
        <Badge tone={tone}>{text}</Badge>
        {saga.reason && <span>{saga.reason}</span>}
      </dd>
      <dt>Done</dt>
      <dd>{saga.done.join(' → ') || 'nothing yet'}</dd>
      <dt>To come</dt>
      <dd>{saga.next.join(', ') || 'nothing'}</dd>
    </dl>
  );
}
