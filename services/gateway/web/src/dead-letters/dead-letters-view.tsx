import type { DeadLetterList } from '@conveyor/contracts/http';
import { useState } from 'react';
import { call } from '../api/call.ts';
import { useAnswer } from '../api/use-answer.ts';
import { count } from '../parts/formats.ts';
import { Empty, ErrorNotice, Loading } from '../parts/notices.tsx';
import { PageHead } from '../parts/page-head.tsx';
import { hrefOf } from '../routing/route.ts';
import { useRoute } from '../routing/use-route.ts';
import { LetterDetails } from './letter-details.tsx';
import { LetterTable } from './letter-table.tsx';
import { RedriveMany } from './redrive-many.tsx';
import './dead-letters.css';

const everyMs = 3_000;

export function DeadLettersView({ id }: { readonly id: string | undefined }) {
  const queue = useRoute().query.get('queue') ?? undefined;
  // How far somebody has gone back among those of one queue means nothing among those of another.
  return <Letters key={queue} id={id} queue={queue} />;
}

interface LettersProps {
  readonly id: string | undefined;
  readonly queue: string | undefined;
}

function Letters({ id, queue }: LettersProps) {
  const [cursors, setCursors] = useState<readonly string[]>([]);
  const cursor = cursors.at(-1);
  const { answer, error, isLoading, reload } = useAnswer(
    `letters ${queue} ${cursor}`,
    (signal) =>
      call<DeadLetterList>('/api/dead-letters', { admin: true, signal, query: { queue, cursor, limit: 20 } }),
    everyMs,
  );
  return (
    <>
      <PageHead title="Dead letters">
        A message that cannot be dealt with, however often it is tried, is put aside with its reason, so that
        it does not stop the others. Look at it, mend it if need be, and send it once more to whoever gave it
        up.
      </PageHead>
      {queue && (
        <p className="notice row is-apart">
          <span>
            Only those of <code>{queue}</code>
          </span>
          <a href={hrefOf('dead-letters')}>Show all</a>
        </p>
      )}
      {isLoading && <Loading what="dead letters" />}
      <ErrorNotice error={error} retry={reload} />
      <div className={id ? 'columns is-even' : 'columns'}>
        <div className="stack">
          {answer && (
            <section className="card is-flush" aria-labelledby="letters-title">
              <h2 id="letters-title">{count(answer.total)} waiting</h2>
              {answer.deadLetters.length === 0 && cursors.length > 0 && (
                <Empty>
                  <p>There are no older ones any more.</p>
                </Empty>
              )}
              {answer.total === 0 && cursors.length === 0 && (
                <Empty>
                  <p>Nothing was given up. To see one: let inventory fail, and place an order.</p>
                  <a className="button" href={hrefOf('break')}>
                    Break it
                  </a>
                </Empty>
              )}
              {answer.deadLetters.length > 0 && (
                <LetterTable letters={answer.deadLetters} selected={id} queue={queue} />
              )}
              <div className="row">
                {cursors.length > 0 && (
                  <button
                    type="button"
                    className="button is-small"
                    onClick={() => setCursors(cursors.slice(0, -1))}
                  >
                    Newer
                  </button>
                )}
                {answer.nextCursor && (
                  <button
                    type="button"
                    className="button is-small"
                    onClick={() => setCursors([...cursors, answer.nextCursor ?? ''])}
                  >
                    Older
                  </button>
                )}
              </div>
            </section>
          )}
          {/* Also while another page is asked for: what somebody has begun here goes on. */}
          <RedriveMany letters={answer?.deadLetters ?? []} queue={queue} onDone={reload} />
        </div>
        {id && (
          <LetterDetails
            key={id}
            id={id}
            onChanged={reload}
            onClose={() => {
              location.hash = hrefOf('dead-letters', undefined, queue ? { queue } : {});
            }}
          />
        )}
      </div>
    </>
  );
}
