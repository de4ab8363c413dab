import type { Fault } from '@conveyor/contracts/http';
import { useEffect, useState } from 'react';
import { Badge } from '../parts/badge.tsx';
import { Choices } from '../parts/choices.tsx';
import { Field } from '../parts/field.tsx';
import { hrefOf, views } from '../routing/route.ts';
import type { faultyParts } from './faults.ts';

interface FaultCardProps {
  readonly part: (typeof faultyParts)[number];
  /** As it is now; undefined while its service does not answer. */
  readonly fault: Fault | undefined;
  readonly isBusy: boolean;
  readonly onApply: (fault: Fault) => void;
}

const rates = [
  { value: 1, title: 'always' },
  { value: 0.5, title: 'half of the time' },
  { value: 0.1, title: 'one time in ten' },
] as const;

/** What is chosen holds once it is applied: by keys, one passes over faults that nobody wants. */
export function FaultCard({ part, fault, isBusy, onApply }: FaultCardProps) {
  if (fault) return <FaultForm part={part} fault={fault} isBusy={isBusy} onApply={onApply} />;
  return (
    <section className="card" aria-labelledby={`fault-${part.part}`}>
      <div className="row is-apart">
        <h2 id={`fault-${part.part}`}>{part.title}</h2>
        <Badge tone="warn">does not answer</Badge>
      </div>
      <p className="soft">The service in which this fault is switched is away just now.</p>
    </section>
  );
}

function FaultForm({ part, fault, isBusy, onApply }: FaultCardProps & { readonly fault: Fault }) {
  const [wish, setWish] = useState<Fault>();
  // It has come true, or nothing else is wanted any more.
  useEffect(() => {
    if (wish && isSame(wish, fault)) setWish(undefined);
  }, [wish, fault]);
  const now = part.modes.find(({ mode }) => mode === fault.mode);
  const isBroken = fault.mode !== 'ok';
  const choices = part.modes.map(({ mode, title, does }) => ({ value: mode, title, hint: does }));
  const chosen = wish ?? fault;
  const { rate = 1 } = chosen;
  return (
    <section className="card" aria-labelledby={`fault-${part.part}`}>
      <div className="row is-apart">
        <h2 id={`fault-${part.part}`}>{part.title}</h2>
        <Badge tone={isBroken ? 'bad' : 'good'}>{isBroken ? '✕ broken' : '● works'}</Badge>
      </div>
      <form
        className="stack"
        onSubmit={(event) => {
          event.preventDefault();
          if (wish) onApply(wish);
        }}
      >
        <Choices
          legend="What it does"
          choices={choices}
          value={chosen.mode}
          onChange={(mode) => setWish(mode === 'ok' ? { mode } : { mode, rate })}
        />
        <Field label="How often">
          {(ids) => (
            <select
              {...ids}
              className="input"
              value={rate}
              disabled={chosen.mode === 'ok'}
              onChange={(event) => setWish({ ...chosen, rate: Number(event.currentTarget.value) })}
            >
              {rates.every(({ value }) => value !== rate) && <option value={rate}>{rate * 100} %</option>}
              {rates.map(({ value, title }) => (
                <option key={value} value={value}>
                  {title}
                </option>
              ))}
            </select>
          )}
        </Field>
        <div className="row">
          <button type="submit" className="button" disabled={isBusy || !wish}>
            Apply
          </button>
        </div>
      </form>
      {now?.watch && (
        <div className="notice is-warn">
          <h3>What to watch</h3>
          <p>{now.watch}</p>
          <a href={hrefOf(now.where)}>{views.find(({ name }) => name === now.where)?.title}</a>
        </div>
      )}
    </section>
  );
}

function isSame(one: Fault, other: Fault): boolean {
  return one.mode === other.mode && (one.mode === 'ok' || (one.rate ?? 1) === (other.rate ?? 1));
}
