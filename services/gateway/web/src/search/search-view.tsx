import type { OrderPage } from '@conveyor/contracts/http';
import { useEffect, useState } from 'react';
import { call } from '../api/call.ts';
import { useAnswer } from '../api/use-answer.ts';
import { Field } from '../parts/field.tsx';
import { count } from '../parts/formats.ts';
import { Empty, ErrorNotice, Loading } from '../parts/notices.tsx';
import { PageHead } from '../parts/page-head.tsx';
import { hrefOf } from '../routing/route.ts';
import { Facets } from './facets.tsx';
import { FoundTable } from './found-table.tsx';
import { Rebuild } from './rebuild.tsx';
import { asQuery, nothingAsked, sorts, toggled } from './search-query.ts';
import './search.css';

const everyMs = 2_000;

const ranges = [
  { name: 'minTotal', label: 'Total from', type: 'number' },
  { name: 'maxTotal', label: 'Total to', type: 'number' },
  { name: 'from', label: 'Placed from', type: 'date' },
  { name: 'to', label: 'Placed to', type: 'date' },
] as const;

/** Without a last day, a year may be typed with more than four digits. */
const limits = { number: { min: 0, step: 0.01 }, date: { max: '9999-12-31' } } as const;

/** Kept while the page is open: who comes back from an order goes on where he was. */
let remembered: { readonly question: typeof nothingAsked; readonly cursors: readonly string[] } = {
  question: nothingAsked,
  cursors: [],
};

export function SearchView() {
  const [{ question, cursors }, setForm] = useState(remembered);
  const change = (form: Partial<typeof remembered>) => {
    remembered = { ...remembered, ...form };
    setForm(remembered);
  };
  const setCursors = (to: readonly string[]) => change({ cursors: to });
  const settled = useSettled(question, 250);
  const cursor = cursors.at(-1);
  const query = { ...asQuery(settled), cursor, limit: 12 };
  const { answer, error, isLoading, reload } = useAnswer(
    JSON.stringify(query),
    (signal) => call<OrderPage>('/api/search/orders', { signal, query }),
    everyMs,
  );
  const ask = (changed: Partial<typeof question>) => {
    change({ cursors: [], question: { ...question, ...changed } });
  };
  return (
    <>
      <PageHead title="Search">
        Orders are written in one place and searched in another, which is brought up to date by their events.
        So a search may be a moment behind: beside each order found you see the version that was written.
      </PageHead>
      <search className="card search-form">
        <Field label="Words in item names" hint="A misspelt one finds as well.">
          {(ids) => (
            <input
              {...ids}
              className="input"
              type="search"
              maxLength={200}
              value={question.q}
              onChange={(event) => ask({ q: event.currentTarget.value })}
            />
          )}
        </Field>
        <Field label="Customer" hint="All of the name. From this page: console.">
          {(ids) => (
            <input
              {...ids}
              className="input"
              maxLength={64}
              pattern="[A-Za-z0-9][A-Za-z0-9._:\-]*"
              value={question.customerId}
              onChange={(event) => ask({ customerId: event.currentTarget.value })}
            />
          )}
        </Field>
        <Field label="Product" hint="Its sku, for example mug.">
          {(ids) => (
            <input
              {...ids}
              className="input mono"
              maxLength={64}
              pattern="[a-z0-9\-]*"
              value={question.sku}
              onChange={(event) => ask({ sku: event.currentTarget.value })}
            />
          )}
        </Field>
        <Field label="Order">
          {(ids) => (
            <select
              {...ids}
              className="input"
              value={question.sort}
              onChange={(event) => ask({ sort: event.currentTarget.value })}
            >
              {sorts.map(({ value, title }) => (
                <option key={value} value={value}>
                  {title}
                </option>
              ))}
            </select>
          )}
        </Field>
        {ranges.map(({ name, label, type }) => (
          <Field key={name} label={label}>
            {(ids) => (
              <input
                {...ids}
                className="input"
                type={type}
                {...limits[type]}
                value={question[name]}
                onChange={(event) => ask({ [name]: event.currentTarget.value })}
              />
            )}
          </Field>
        ))}
        <Facets
          counts={answer?.facets.status}
          chosen={question.statuses}
          onToggle={(status) => ask({ statuses: toggled(question.statuses, status) })}
        />
      </search>
      <section className="card is-flush" aria-labelledby="found-title">
        <h2 id="found-title">
          <span role="status">{answer ? `${count(answer.total)} found` : 'Found'}</span>
        </h2>
        {isLoading && <Loading what="what is found" />}
        <ErrorNotice error={error} retry={reload} />
        {answer?.orders.length === 0 && (
          <Empty>
            <p>No order is like that.</p>
            <a href={hrefOf('place')}>Place one</a>
          </Empty>
        )}
        {answer && answer.orders.length > 0 && <FoundTable orders={answer.orders} />}
        {(cursors.length > 0 || answer?.nextCursor) && (
          <div className="row">
            <button
              type="button"
              className="button is-small"
              disabled={cursors.length === 0}
              onClick={() => setCursors(cursors.slice(0, -1))}
            >
              Back
            </button>
            {/* What is shown may be the answer to the question before, and so may the place where it goes on. */}
            <button
              type="button"
              className="button is-small"
              disabled={!answer?.nextCursor || question !== settled}
              onClick={() => setCursors([...cursors, answer?.nextCursor ?? ''])}
            >
              More
            </button>
            <span className="soft small">Page {cursors.length + 1}</span>
          </div>
        )}
      </section>
      <Rebuild />
    </>
  );
}

/** `value` once it has stayed the same for a while: not each letter is a question. */
function useSettled<Value>(value: Value, ms: number): Value {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), ms);
    return () => clearTimeout(timer);
  }, [value, ms]);
  return settled;
}
