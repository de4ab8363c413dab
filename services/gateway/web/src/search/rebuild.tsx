import type { ProjectionStatus } from '@conveyor/contracts/http';
import { useState } from 'react';
import { keptToken } from '../api/admin-token.ts';
import { call } from '../api/call.ts';
import { useAction } from '../api/use-action.ts';
import { useAnswer } from '../api/use-answer.ts';
import { count } from '../parts/formats.ts';
import { ErrorNotice } from '../parts/notices.tsx';

const path = '/api/projections/orders';

/** Throws away what is searched and makes it anew from the events, while searches go on. */
export function Rebuild() {
  // Nobody is asked for a token only to look at this.
  const [isAllowed, setAllowed] = useState(keptToken() !== undefined);
  const { answer, error, reload } = useAnswer(
    isAllowed ? 'projection' : undefined,
    (signal) => call<ProjectionStatus>(path, { admin: true, signal }),
    1_000,
  );
  const rebuild = useAction(async () => {
    await call(`${path}/rebuild`, { method: 'POST', admin: true });
    setAllowed(true);
    reload();
  });
  const isRebuilding = answer?.state === 'rebuilding';
  const { done = 0, total = 0 } = answer?.progress ?? {};
  return (
    <section className="card" aria-labelledby="rebuild-title">
      <h2 id="rebuild-title">What is searched can be made anew</h2>
      <p className="soft">
        All events are kept, so what is searched is only a view of them. A rebuild reads them all from the
        first one into a new index, beside the old one, and then swaps the two.
      </p>
      <div className="row">
        <button
          type="button"
          className="button"
          disabled={rebuild.isBusy || isRebuilding}
          onClick={() => void rebuild.run()}
        >
          Rebuild
        </button>
        {!answer && !isAllowed && (
          <button type="button" className="button" onClick={() => setAllowed(true)}>
            Show how it stands
          </button>
        )}
        {answer && (
          <span>
            {/* Told when it begins and ends, not with each event in between. */}
            <span role="status">
              {isRebuilding ? '↻ rebuilding' : '● live'}: index <code>{answer.index}</code>
            </span>
            , {count(answer.lag)} events behind
          </span>
        )}
      </div>
      {isRebuilding && (
        <label className="stack is-tight small">
          {count(done)} of {count(total)} events read
          <progress max={Math.max(1, total)} value={done} />
        </label>
      )}
      <ErrorNotice error={rebuild.error ?? error} />
    </section>
  );
}
