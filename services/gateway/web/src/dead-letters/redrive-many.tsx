import type {
  DeadLetterList,
  DeadLetterView,
  DiscardResult,
  RedriveManyResult,
} from '@conveyor/contracts/http';
import { useEffect, useState } from 'react';
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

/** All letters of one consumer at once. What became of them is told also when none is left. */
export function RedriveMany({ letters, queue, onDone }: RedriveManyProps) {
  const [chosen, setChosen] = useState(queue);
  const [known, setKnown] = useState<readonly string[]>(queue ? [queue] : []);
  // Also those of the pages that were looked at before this one.
  const consumers = [...new Set([...known, ...letters.map(({ consumer }) => consumer)])].sort();
  if (consumers.length > known.length) setKnown(consumers);
  // What is chosen stays, whatever comes or goes meanwhile: an answer must not change what a press of a button means.
  const wanted = chosen ?? consumers[0];
  if (chosen !== wanted) setChosen(wanted);
  const [news, setNews] = useState<string>();
  const [deleting, setDeleting] = useState<AbortController>();
  // Whoever has left the page cannot stop it any more.
  useEffect(() => () => deleting?.abort(), [deleting]);
  const { run, isBusy, error } = useAction(async (task: () => Promise<void>) => {
    setNews(undefined);
    try {
      await task();
    } finally {
      onDone();
    }
  });
  if (letters.length === 0 && !queue && !isBusy && !news && !error) return null;

  const redrive = (consumer: string, dryRun: boolean) =>
    run(async () => {
      const body = { queue: consumer, ...(dryRun && { dryRun }) };
      setNews(
        inShort(
          await call<RedriveManyResult>('/api/dead-letters/redrive', { method: 'POST', admin: true, body }),
        ),
      );
    });
  const discard = (consumer: string) =>
    run(async () => {
      const mine = new AbortController();
      setDeleting(mine);
      let discarded = 0;
      try {
        await discardMany({
          list: (cursor) => pageOf(consumer, cursor),
          discard: discardOne,
          onDiscarded: () => {
            discarded += 1;
          },
          signal: mine.signal,
        });
      } finally {
        setDeleting(undefined);
        setNews(`${count(discarded)} deleted${mine.signal.aborted ? ', then stopped' : ''}.`);
      }
    });
  return (
    <section className="card" aria-labelledby="many-title">
      <h2 id="many-title">Many at once</h2>
      {wanted && (
        <>
          <Field label="All that were given up by">
            {(ids) => (
              <select
                {...ids}
                className="input"
                value={wanted}
                onChange={(event) => {
                  setChosen(event.currentTarget.value);
                  setNews(undefined);
                }}
              >
                {consumers.map((consumer) => (
                  <option key={consumer}>{consumer}</option>
                ))}
              </select>
            )}
          </Field>
          <div className="row">
            <button
              type="button"
              className="button"
              disabled={isBusy}
              aria-describedby="redrive-hint"
              onClick={() => void redrive(wanted, false)}
            >
              Redrive them all
            </button>
            <button
              type="button"
              className="button"
              disabled={isBusy}
              aria-describedby="redrive-hint"
              onClick={() => void redrive(wanted, true)}
            >
              Dry run of all
            </button>
            <DeleteButton
              key={wanted}
              what={`all of ${wanted}`}
              isDisabled={isBusy}
              onDelete={() => discard(wanted)}
            />
          </div>
          <p className="field-hint" id="redrive-hint">
            A redrive takes the oldest first, a thousand at most.
          </p>
        </>
      )}
      {deleting && (
        <div className="row">
          <span className="soft">Deleting …</span>
          <button type="button" className="button is-small" onClick={() => deleting.abort()}>
            Stop
          </button>
        </div>
      )}
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

async function pageOf(queue: string, cursor: string | undefined) {
  const query = { queue, cursor, limit: 100 };
  const { deadLetters, nextCursor } = await call<DeadLetterList>('/api/dead-letters', { admin: true, query });
  return { ids: deadLetters.map(({ id }) => id), nextCursor };
}

async function discardOne(id: string): Promise<boolean> {
  try {
    const path = `/api/dead-letters/${encodeURIComponent(id)}`;
    const { outcome } = await call<DiscardResult>(path, { method: 'DELETE', admin: true });
    return outcome === 'discarded';
  } catch (error) {
    if (error instanceof Refusal && error.status === 404) return false;
    throw error;
  }
}
