import type { OwnedConsumerState } from '@conveyor/contracts/http';
import { call } from '../api/call.ts';
import { useAnswer } from '../api/use-answer.ts';
import { Badge } from '../parts/badge.tsx';
import { ErrorNotice, Loading } from '../parts/notices.tsx';
import { PauseButton } from '../parts/pause-button.tsx';
import { Table } from '../parts/table.tsx';

export function ConsumerList() {
  const { answer, error, isLoading, reload } = useAnswer(
    'consumers',
    (signal) => call<{ consumers: OwnedConsumerState[] }>('/api/consumers', { signal }),
    3_000,
  );
  return (
    <section className="card is-flush" aria-labelledby="consumers-title">
      <h2 id="consumers-title">Consumers</h2>
      <p className="soft">
        A paused one takes no new messages. They pile up before it, on the broker, and nothing is lost; once
        it goes on, it works them off.
      </p>
      {isLoading && <Loading what="the consumers" />}
      <ErrorNotice error={error} />
      {answer && (
        <Table
          label="Consumers"
          columns={[
            { title: 'Consumer', cell: ({ consumer }) => consumer },
            {
              title: 'State',
              cell: ({ paused }) =>
                paused ? <Badge tone="warn">‖ paused</Badge> : <Badge tone="good">▷ at work</Badge>,
            },
            {
              title: 'Change',
              kind: 'action',
              cell: (each) => (
                <PauseButton consumer={each.consumer} paused={each.paused} onChanged={reload} />
              ),
            },
          ]}
          rows={answer.consumers}
          keyOf={({ consumer }) => consumer}
        />
      )}
    </section>
  );
}
