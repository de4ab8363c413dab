import type { DeadLetterView, RedriveManyResult } from '@conveyor/contracts/http';
import { useState } from 'react';
import { call } from '../api/call.ts';
import { inWords } from '../api/problem.ts';
import { Field } from '../parts/field.tsx';
import { count } from '../parts/formats.ts';
import { ErrorNotice } from '../parts/notices.tsx';

interface RedriveManyProps {
  readonly letters: readonly DeadLetterView[];
  readonly queue: string | undefined;
  readonly onDone: () => void;
}

/** All letters of one consumer at once, the oldest first. */
export function RedriveMany({ letters, queue, onDone }: RedriveManyProps) {
  const consumers = [
    ...new Set([...(queue ? [queue] : []), ...letters.map(({ consumer }) => consumer)]),
  ].sort();
  const [chosen, setChosen] = useState(queue);
  const [news, setNews] = useState<string>();
  const [error, setError] = useState<string>();
  const [isBusy, setBusy] = useState(false);
  const wanted = chosen && consumers.includes(chosen) ? chosen : consumers[0];
  if (!wanted) return null;

  const redrive = async (dryRun: boolean) => {
    setBusy(true);
    setError(undefined);
    try {
      const body = { queue: wanted, ...(dryRun && { dryRun }) };
      const result = await call<RedriveManyResult>('/api/dead-letters/redrive', {
        method: 'POST',
        admin: true,
        body,
      });
      setNews(inShort(result));
      if (!dryRun) onDone();
    } catch (failure) {
      setError(inWords(failure));
    } finally {
      setBusy(false);
    }
  };
  return (
    <section className="card" aria-labelledby="many-title">
      <h2 id="many-title">Many at once</h2>
      <Field label="All that were given up by" hint="The oldest first, a thousand at most.">
        {(ids) => (
          <select
            {...ids}
            className="input"
            value={wanted}
            onChange={(event) => setChosen(event.currentTarget.value)}
          >
            {consumers.map((consumer) => (
              <option key={consumer}>{consumer}</option>
            ))}
          </select>
        )}
      </Field>
      <div className="row">
        <button type="button" className="button" disabled={isBusy} onClick={() => void redrive(false)}>
          Redrive them all
        </button>
        <button type="button" className="button" disabled={isBusy} onClick={() => void redrive(true)}>
          Dry run of all
        </button>
      </div>
      <div role="status">{news && <p className="notice">{news}</p>}</div>
      <ErrorNotice error={error} />
    </section>
  );
}

function inShort({
  dryRun,
  redriven,
  wouldRedrive = 0,
  alreadyHandled,
  remaining,
}: RedriveManyResult): string {
  const sent = dryRun
    ? `${count(wouldRedrive)} would be sent once more`
    : `${count(redriven)} sent once more`;
  return `${sent}, ${count(alreadyHandled)} were dealt with already, ${count(remaining)} remain.`;
}
