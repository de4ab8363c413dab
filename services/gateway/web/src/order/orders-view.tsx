import type { OrderPage } from '@conveyor/contracts/http';
import { call } from '../api/call.ts';
import { useAnswer } from '../api/use-answer.ts';
import { Field } from '../parts/field.tsx';
import { Empty, ErrorNotice, Loading } from '../parts/notices.tsx';
import {
  brokerColumn,
  orderColumn,
  placedColumn,
  stateColumn,
  totalColumn,
} from '../parts/order-columns.tsx';
import { PageHead } from '../parts/page-head.tsx';
import { type Column, Table } from '../parts/table.tsx';
import { hrefOf } from '../routing/route.ts';
import { OrderView } from './order-view.tsx';

const columns: readonly Column<OrderPage['orders'][number]>[] = [
  orderColumn,
  stateColumn,
  brokerColumn,
  { title: 'Saga', cell: ({ saga }) => saga },
  placedColumn,
  totalColumn,
];

export function OrdersView({ orderId }: { readonly orderId: string | undefined }) {
  return orderId === undefined ? <ChooseOrder /> : <OrderView key={orderId} orderId={orderId} />;
}

function ChooseOrder() {
  const query = { sort: '-createdAt', limit: 12 };
  const { answer, error, isLoading, reload } = useAnswer(
    'newest',
    (signal) => call<OrderPage>('/api/search/orders', { signal, query }),
    3_000,
  );
  return (
    <>
      <PageHead title="Follow an order">
        Every message of an order is written down by a flight recorder. Choose one to see its life as a
        picture: who sent what to whom, when, and what is still to come.
      </PageHead>
      <form
        className="card"
        onSubmit={(event) => {
          event.preventDefault();
          const id = new FormData(event.currentTarget).get('id');
          if (typeof id === 'string' && id.trim()) location.hash = hrefOf('orders', id.trim());
        }}
      >
        <Field label="By its id">
          {(ids) => (
            <div className="row">
              <input {...ids} className="input mono" name="id" required style={{ maxWidth: '26rem' }} />
              <button type="submit" className="button is-main">
                Show
              </button>
            </div>
          )}
        </Field>
      </form>
      <section className="card is-flush" aria-labelledby="newest-title">
        <h2 id="newest-title">The newest</h2>
        {isLoading && <Loading what="orders" />}
        <ErrorNotice error={error} retry={reload} />
        {answer?.orders.length === 0 && (
          <Empty>
            <p>There are no orders yet.</p>
            <a className="button is-main" href={hrefOf('place')}>
              Place one
            </a>
          </Empty>
        )}
        {answer && answer.orders.length > 0 && (
          <Table
            label="The newest orders"
            className="placed"
            columns={columns}
            rows={answer.orders}
            keyOf={({ orderId }) => orderId}
          />
        )}
      </section>
    </>
  );
}
