import type { Health } from '@conveyor/contracts/http';
import { call } from '../api/call.ts';
import { useAnswer } from '../api/use-answer.ts';
import { Badge } from '../parts/badge.tsx';
import { count, duration } from '../parts/formats.ts';
import { ErrorNotice, Loading } from '../parts/notices.tsx';
import { ScrollX } from '../parts/scroll-x.tsx';

type Service = Health['services'][string];

export function HealthList() {
  const { answer, error, isLoading, reload } = useAnswer(
    'health',
    (signal) => call<Health>('/api/health', { signal, alsoFine: [503] }),
    3_000,
  );
  return (
    <section className="card is-flush" aria-labelledby="health-title">
      <div className="row is-apart">
        <h2 id="health-title">Health</h2>
        {answer && <Up isUp={answer.status === 'up'} />}
      </div>
      <p className="soft">
        Whether each service answers, and reaches what it needs. Kill one of them and see: the others go on,
        and what is for it waits.
      </p>
      {isLoading && <Loading what="the health of all parts" />}
      <ErrorNotice error={error} retry={reload} />
      {answer && (
        <ScrollX label="Health of all parts">
          <table>
            <thead>
              <tr>
                <th scope="col">Service</th>
                <th scope="col">State</th>
                <th scope="col">What is not well, what waits</th>
              </tr>
            </thead>
            <tbody>
              {Object.entries(answer.services).map(([name, service]) => (
                <tr key={name}>
                  <td>{name}</td>
                  <td>
                    <Up isUp={service.status === 'up'} />
                  </td>
                  <td>{troublesOf(service).join('; ') || <span className="soft">nothing</span>}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </ScrollX>
      )}
    </section>
  );
}

function Up({ isUp }: { readonly isUp: boolean }) {
  return <Badge tone={isUp ? 'good' : 'bad'}>{isUp ? '● up' : '✕ down'}</Badge>;
}

function troublesOf({ checks = {}, breakers = {}, outbox, status }: Service): readonly string[] {
  const down = Object.entries(checks).filter(([, check]) => check.status === 'down');
  const tripped = Object.entries(breakers).filter(([, state]) => state !== 'closed');
  const behind = Object.entries(outbox ?? {}).filter(([, { waiting, parked }]) => waiting > 0 || parked > 0);
  const silent = status === 'down' && down.length === 0 ? ['does not answer'] : [];
  return [
    ...silent,
    ...down.map(([name]) => `${name} cannot be reached`),
    ...tripped.map(([name, state]) => `breaker ${name} is ${state}`),
    ...behind.map(
      ([broker, { waiting, oldestMs, parked }]) =>
        `${count(waiting)} wait to be sent to ${broker}, the oldest for ${duration(oldestMs)}${parked ? `, ${count(parked)} parked` : ''}`,
    ),
  ];
}
