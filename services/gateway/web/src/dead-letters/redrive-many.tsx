import type { DeadLetterList, DeadLetterView, RedriveManyResult } from '@conveyor/contracts/http';
import { useState } from 'react';
import { call } from '../api/call.ts';
import { Refusal } from '../api/problem.ts';
import { useAction } from '../api/use-action.ts';
import { Field } from '../parts/field.tsx';
import { count } from '../parts/formats.ts';
import { ErrorNotice } from '../parts/notices.tsx';
import { DeleteButton } from './delete-button.tsx';
import { discardMany } from './discard-many.ts';

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
  const { run, isBusy, error } = useAction(async (task: () => Promise<string>) => {
    setNews(await task());
    onDone();
  });
  const wanted = chosen && consumers.includes(chosen) ? chosen : consumers[0];
  if (!wanted) return null;

  const redrive = (dryRun: boolean) =>
    run(async () => {
      const body = { queue: wanted, ...(dryRun && { dryRun }) };
      return inShort(
        await call<RedriveManyResult>('/api/dead-letters/redrive', { method: 'POST', admin: true, body }),
      );
    });
  const discard = () =>
    run(async () => {
      const discarded = await discardMany({ list: () => idsOf(wanted), discard: discardOne });
      return `${count(discarded)} deleted.`;
    });
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
        <DeleteButton what="them all" isDisabled={isBusy} onDelete={discard} />
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

async function idsOf(queue: string): Promise<readonly string[]> {
  const query = { queue, limit: 100 };
  const { deadLetters } = await call<DeadLetterList>('/api/dead-letters', { admin: true, query });
  return deadLetters.map(({ id }) => id);
}

async function discardOne(id: string): Promise<boolean> {
  try {
    await call(`/api/dead-letters/${encodeURIComponent(id)}`, { method: 'DELETE', admin: true });
    return true;
  } catch (error) {
    if (error instanceof Refusal && (error.status === 404 || error.status === 409)) return false;
    throw error;
  }
}
