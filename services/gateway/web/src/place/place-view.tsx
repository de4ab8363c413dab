import type { AcceptedOrder, PlaceOrderBody, ProductView } from '@conveyor/contracts/http';
import { useState, useSyncExternalStore } from 'react';
import { call } from '../api/call.ts';
import { useAnswer } from '../api/use-answer.ts';
import { Choices } from '../parts/choices.tsx';
import { Field } from '../parts/field.tsx';
import { count, money } from '../parts/formats.ts';
import { ErrorNotice, Loading } from '../parts/notices.tsx';
import { PageHead } from '../parts/page-head.tsx';
import { Burst } from './burst.ts';
import { brokers, paymentTokens, priorities, sagas } from './order-choices.ts';
import { PlacedList, placed } from './placed-list.tsx';
import { type Cart, ProductTable } from './product-table.tsx';
import './place.css';

const mostAtOnce = 2_000;

type Options = Required<Pick<PlaceOrderBody, 'saga' | 'broker' | 'priority' | 'paymentToken'>>;

/** Kept while the page is open: who comes back wants to place the next one. */
let remembered: { readonly cart: Cart; readonly options: Options } = {
  cart: { mug: 1 },
  options: { saga: 'choreography', broker: 'kafka', priority: 'standard', paymentToken: 'tok_approved' },
};

/** Goes on while the page is open, whatever view is shown. */
const burst = new Burst({
  place: (body, idempotencyKey) =>
    call<AcceptedOrder>('/api/orders', { method: 'POST', body, idempotencyKey }),
  onPlaced: (orders) => placed.add(orders),
});

export function PlaceView() {
  const products = useAnswer('products', (signal) => call<ProductView[]>('/api/products', { signal }), 2_000);
  const [{ cart, options }, setForm] = useState(remembered);
  const [many, setMany] = useState(100);
  const { isBusy, news, error } = useSyncExternalStore(burst.subscribe, burst.view);
  const change = (form: Partial<typeof remembered>) => {
    remembered = { ...remembered, ...form };
    setForm(remembered);
  };
  const set = (changed: Partial<Options>) => change({ options: { ...options, ...changed } });
  const items = Object.entries(cart).map(([sku, quantity]) => ({ sku, quantity }));
  // The table may have scrolled out of sight what was chosen.
  const chosen = (products.answer ?? []).filter(({ sku }) => cart[sku] !== undefined);
  const canPlace = items.length > 0 && !isBusy;
  const place = (times: number) => void burst.start(times, { customerId: 'console', items, ...options });

  return (
    <>
      <PageHead title="Place an order">
        Choose what to buy and how the order shall travel. Each order sets off a row of messages between four
        services; open one to see them.
      </PageHead>
      <div className="columns is-even place-parts">
        <section className="card is-flush" aria-labelledby="goods-title">
          <h2 id="goods-title">Goods</h2>
          {products.isLoading && <Loading what="the products" />}
          <ErrorNotice error={products.error} retry={products.reload} />
          {products.answer && (
            <ProductTable
              products={products.answer}
              cart={cart}
              onChange={(next) => change({ cart: next })}
            />
          )}
        </section>
        <section className="card place-form" aria-labelledby="travel-title">
          <h2 id="travel-title">How it travels</h2>
          <form
            className="stack"
            onSubmit={(event) => {
              event.preventDefault();
              place(1);
            }}
          >
            <Choices
              legend="Broker"
              choices={brokers}
              value={options.broker}
              onChange={(broker) => set({ broker })}
            />
            <Choices legend="Saga" choices={sagas} value={options.saga} onChange={(saga) => set({ saga })} />
            <Choices
              legend="Payment"
              choices={paymentTokens}
              value={options.paymentToken}
              onChange={(paymentToken) => set({ paymentToken })}
            />
            <Choices
              legend="Priority: who is charged first when many wait"
              choices={priorities}
              value={options.priority}
              onChange={(priority) => set({ priority })}
              isInline
            />
            <p>
              Total: <strong>{totalOf(chosen, cart)}</strong>{' '}
              <span className="soft">{inWords(chosen, cart)}</span>
            </p>
            <button type="submit" className="button is-main" disabled={!canPlace}>
              Place the order
            </button>
          </form>
          {/* On its own: one order does not depend on how many it might have been. */}
          <form
            className="place-many"
            onSubmit={(event) => {
              event.preventDefault();
              place(many);
            }}
          >
            <Field label="Or many at once">
              {(ids) => (
                <input
                  {...ids}
                  className="input"
                  type="number"
                  min={2}
                  max={mostAtOnce}
                  value={many}
                  onChange={(event) => setMany(event.currentTarget.valueAsNumber || 0)}
                />
              )}
            </Field>
            <button
              type="submit"
              className="button"
              disabled={!canPlace || !Number.isInteger(many) || many < 2 || many > mostAtOnce}
            >
              Place {many > 1 ? count(many) : 'many'}
            </button>
            <button type="button" className="button" disabled={!isBusy} onClick={() => burst.stop()}>
              Stop
            </button>
          </form>
          <p className="soft small burst-news">{news}</p>
          {/* The news change several times a second; told are the begin and the end. */}
          <span className="out-of-sight" role="status">
            {isBusy ? 'Placing …' : news}
          </span>
          <ErrorNotice error={error} />
        </section>
        <PlacedList />
      </div>
    </>
  );
}

function totalOf(chosen: readonly ProductView[], cart: Cart): string {
  const [first] = chosen;
  if (!first) return 'choose something first';
  const amount = chosen.reduce((sum, { sku, price }) => sum + price.amount * (cart[sku] ?? 0), 0);
  return money({ amount, currency: first.price.currency });
}

function inWords(chosen: readonly ProductView[], cart: Cart): string {
  return chosen.map(({ sku, name }) => `${count(cart[sku] ?? 0)} × ${name}`).join(', ');
}
