import type { Health } from '@conveyor/contracts/http';
import { call } from '../api/call.ts';
import { useAnswer } from '../api/use-answer.ts';
import { Badge } from '../parts/badge.tsx';
import { count, duration } from '../parts/formats.ts';
import { ErrorNotice, Loading } from '../parts/notices.tsx';
import { type Column, Table } from '../parts/table.tsx';

type Service = Health['services'][string];

const columns: readonly Column<readonly [string, Service]>[] = [
  { title: 'Service', cell: ([name]) => name },
  { title: 'State', cell: ([, { status }]) => <Up isUp={status === 'up'} /> },
  {
    title: 'What is not well, what waits',
    cell: ([, service]) => troublesOf(service).join('; ') || <span className="soft">nothing</span>,
  },
];

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
        <Table
          label="Health of all parts"
          columns={columns}
          rows={Object.entries(answer.services)}
          keyOf={([name]) => name}
        />
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
