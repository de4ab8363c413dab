import type { Fault } from '@conveyor/contracts/http';
import { Badge } from '../parts/badge.tsx';
import { Choices } from '../parts/choices.tsx';
import { Field } from '../parts/field.tsx';
import { hrefOf, views } from '../routing/route.ts';
import type { faultyParts } from './faults.ts';

interface FaultCardProps {
  readonly part: (typeof faultyParts)[number];
  readonly fault: Fault;
  readonly onChange: (fault: Fault) => void;
}

const rates = [
  { value: 1, title: 'always' },
  { value: 0.5, title: 'half of the time' },
  { value: 0.1, title: 'one time in ten' },
] as const;

export function FaultCard({ part, fault, onChange }: FaultCardProps) {
  const now = part.modes.find(({ mode }) => mode === fault.mode);
  const isBroken = fault.mode !== 'ok';
  const choices = part.modes.map(({ mode, title, does }) => ({ value: mode, title, hint: does }));
  const { rate = 1 } = fault;
  return (
    <section className="card" aria-labelledby={`fault-${part.part}`}>
      <div className="row is-apart">
        <h2 id={`fault-${part.part}`}>{part.title}</h2>
        <Badge tone={isBroken ? 'bad' : 'good'}>{isBroken ? '✕ broken' : '● works'}</Badge>
      </div>
      <Choices
        legend="What it does"
        choices={choices}
        value={fault.mode}
        onChange={(mode) => onChange(mode === 'ok' ? { mode } : { mode, rate })}
      />
      <Field label="How often">
        {(ids) => (
          <select
            {...ids}
            className="input"
            value={rate}
            disabled={!isBroken}
            onChange={(event) => onChange({ ...fault, rate: Number(event.currentTarget.value) })}
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
