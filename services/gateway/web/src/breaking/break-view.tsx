import type { Faults, FaultsChange } from '@conveyor/contracts/http';
import { useEffect, useState } from 'react';
import { call } from '../api/call.ts';
import { inWords } from '../api/problem.ts';
import { useAnswer } from '../api/use-answer.ts';
import { ErrorNotice, Loading } from '../parts/notices.tsx';
import { PageHead } from '../parts/page-head.tsx';
import { ConsumerList } from './consumer-list.tsx';
import { FaultCard } from './fault-card.tsx';
import { faultyParts } from './faults.ts';
import { HealthList } from './health-list.tsx';
import './breaking.css';

export function BreakView() {
  const { answer, error, isLoading, reload } = useAnswer(
    'faults',
    (signal) => call<Faults>('/api/faults', { admin: true, signal }),
    5_000,
  );
  const [failure, setFailure] = useState<string>();
  // What was asked for is shown at once, until the next answer says how it is.
  const [asked, setAsked] = useState<FaultsChange>({});
  // biome-ignore lint/correctness/useExhaustiveDependencies: that an answer has come is all that matters; what was asked for is over then.
  useEffect(() => setAsked({}), [answer]);
  const change = async (wanted: FaultsChange) => {
    setFailure(undefined);
    setAsked(wanted);
    try {
      await call<Faults>('/api/faults', { method: 'PUT', admin: true, body: wanted });
    } catch (refused) {
      setAsked({});
      setFailure(inWords(refused));
    }
    reload();
  };
  const faults = answer && { ...answer, ...asked };
  const broken = faults ? faultyParts.filter(({ part }) => faults[part].mode !== 'ok') : [];
  return (
    <>
      <PageHead title="Break it">
        Systems fail; here you decide when. Switch a fault on, place some orders, and watch what becomes of
        them. Whatever you break, no order is lost and nobody is charged twice.
      </PageHead>
      {isLoading && <Loading what="the faults" />}
      <ErrorNotice error={error} retry={reload} />
      <ErrorNotice error={failure} />
      {faults && (
        <>
          <div className="row is-apart faults-state" role="status">
            {broken.length === 0 ? (
              <span>Everything works.</span>
            ) : (
              <>
                <strong>Broken now: {broken.map(({ title }) => title).join(', ')}</strong>
                <button
                  type="button"
                  className="button is-small"
                  onClick={() =>
                    void change(Object.fromEntries(broken.map(({ part }) => [part, { mode: 'ok' }])))
                  }
                >
                  Mend everything
                </button>
              </>
            )}
          </div>
          <div className="faults">
            {faultyParts.map((part) => (
              <FaultCard
                key={part.part}
                part={part}
                fault={faults[part.part]}
                onChange={(fault) => void change({ [part.part]: fault })}
              />
            ))}
          </div>
        </>
      )}
      <div className="columns is-even">
        <ConsumerList />
        <HealthList />
      </div>
    </>
  );
}
