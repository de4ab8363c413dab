import { useMemo, useState } from 'react';
import { call } from '../api/call.ts';
import { Refusal } from '../api/problem.ts';
import { useAction } from '../api/use-action.ts';
import { ErrorNotice, Loading } from '../parts/notices.tsx';
import { PageHead } from '../parts/page-head.tsx';
import { ScrollX } from '../parts/scroll-x.tsx';
import { isFinal } from '../place/placed-orders.ts';
import { hrefOf } from '../routing/route.ts';
import { layOut } from './diagram-layout.ts';
import { HappeningList } from './happening-list.tsx';
import { MessagePanel } from './message-panel.tsx';
import { OrderFacts } from './order-facts.tsx';
import { SequenceDiagram } from './sequence-diagram.tsx';
import { type OrderLife, useOrder } from './use-order.ts';
import './order.css';

export function OrderView({ orderId }: { readonly orderId: string }) {
  const { answer, error, isLoading, reload } = useOrder(orderId);
  return (
    <>
      <PageHead title="The life of an order">
        Time runs from top to bottom. A line is a message from one service to another; choose one to read it.{' '}
        <a href={hrefOf('orders')}>Another order</a>
      </PageHead>
      {isLoading && <Loading what="the order" />}
      {error instanceof Refusal && error.status === 404 ? (
        <ErrorNotice error={`There is no order ${orderId}.`} />
      ) : (
        <ErrorNotice error={error} retry={reload} />
      )}
      {answer && <Life life={answer} reload={reload} />}
    </>
  );
}

function Life({ life, reload }: { readonly life: OrderLife; readonly reload: () => void }) {
  const { order, timeline } = life;
  const [selected, setSelected] = useState<string>();
  const diagram = useMemo(() => layOut(timeline), [timeline]);
  const cancel = useAction(async () => {
    await call(`/api/orders/${order.orderId}/cancel`, { method: 'POST' });
    reload();
  });
  return (
    <>
      <section className="card" aria-label="State of the order">
        <div className="row is-apart order-head">
          <OrderFacts order={order} saga={timeline.saga} />
          <button
            type="button"
            className="button is-danger"
            disabled={isFinal(order.status) || cancel.isBusy}
            onClick={() => void cancel.run()}
          >
            Cancel the order
          </button>
        </div>
        <ErrorNotice error={cancel.error} />
      </section>
      <div className={selected ? 'columns is-narrow-right' : 'columns'}>
        <section className="card" aria-labelledby="messages-title">
          <div className="row is-apart">
            <h2 id="messages-title">Its messages</h2>
            <Legend />
          </div>
          <ScrollX label="The messages of this order, from top to bottom; the same is told below in words">
            <SequenceDiagram diagram={diagram} selected={selected} onSelect={setSelected} />
          </ScrollX>
          <p className="soft small">
            Not in the picture: the audit trail, which reads every message and writes it down.
          </p>
        </section>
        {selected && (
          <MessagePanel
            key={selected}
            orderId={order.orderId}
            messageId={selected}
            entries={timeline.entries}
            onClose={() => setSelected(undefined)}
          />
        )}
      </div>
      <HappeningList entries={timeline.entries} onSelect={setSelected} />
    </>
  );
}

function Legend() {
  return (
    <ul className="legend small" aria-label="What the lines mean">
      <li className="is-kafka">over Kafka</li>
      <li className="is-rabbitmq">over RabbitMQ</li>
      <li className="is-undo">↩ undoes something</li>
      <li className="is-work">somebody at work</li>
    </ul>
  );
}
