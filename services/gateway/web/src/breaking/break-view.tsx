import type { Faults, FaultsChange } from '@conveyor/contracts/http';
import { call } from '../api/call.ts';
import { useAction } from '../api/use-action.ts';
import { useAnswer } from '../api/use-answer.ts';
import { ErrorNotice, Loading } from '../parts/notices.tsx';
import { PageHead } from '../parts/page-head.tsx';
import { ConsumerList } from './consumer-list.tsx';
import { FaultCard } from './fault-card.tsx';
import { faultyParts } from './faults.ts';
import { HealthList } from './health-list.tsx';
import './breaking.css';

export function BreakView() {
  const {
    answer: faults,
    error,
    isLoading,
    reload,
  } = useAnswer('faults', (signal) => call<Faults>('/api/faults', { admin: true, signal }), 5_000);
  // One at a time: of two under way, nobody knows which one the system hears last.
  const change = useAction(async (wanted: FaultsChange) => {
    try {
      await call<Faults>('/api/faults', { method: 'PUT', admin: true, body: wanted });
    } finally {
      reload();
    }
  });
  const broken = faultyParts.filter(({ part }) => (faults?.[part]?.mode ?? 'ok') !== 'ok');
  const silent = faults ? faultyParts.filter(({ part }) => !faults[part]) : [];
  return (
    <>
      <PageHead title="Break it">
        Systems fail; here you decide when. Switch a fault on, place some orders, and watch what becomes of
        them. Whatever you break, no order is lost and nobody is charged twice.
      </PageHead>
      {isLoading && <Loading what="the faults" />}
      <ErrorNotice error={error} retry={reload} />
      <ErrorNotice error={change.error} />
      {faults && (
        <>
          <div className="row is-apart faults-state" role="status">
            {broken.length === 0 ? (
              <span>{silent.length === 0 ? 'Everything works.' : 'No fault is known to be on.'}</span>
            ) : (
              <>
                <strong>Broken now: {broken.map(({ title }) => title).join(', ')}</strong>
                <button
                  type="button"
                  className="button is-small"
                  disabled={change.isBusy}
                  onClick={() =>
                    void change.run(Object.fromEntries(broken.map(({ part }) => [part, { mode: 'ok' }])))
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
                isBusy={change.isBusy}
                onApply={(fault) => void change.run({ [part.part]: fault })}
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
