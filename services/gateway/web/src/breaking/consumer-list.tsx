import type { OwnedConsumerState } from '@conveyor/contracts/http';
import { call } from '../api/call.ts';
import { useAnswer } from '../api/use-answer.ts';
import { Badge } from '../parts/badge.tsx';
import { ErrorNotice, Loading } from '../parts/notices.tsx';
import { PauseButton } from '../parts/pause-button.tsx';
import { ScrollX } from '../parts/scroll-x.tsx';

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
      {!answer && <ErrorNotice error={error} />}
      {answer && (
        <ScrollX label="Consumers">
          <table>
            <thead>
              <tr>
                <th scope="col">Consumer</th>
                <th scope="col">State</th>
                <th scope="col">
                  <span className="out-of-sight">Change</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {answer.consumers.map(({ consumer, paused }) => (
                <tr key={consumer}>
                  <td>{consumer}</td>
                  <td>
                    {paused ? <Badge tone="warn">‖ paused</Badge> : <Badge tone="good">▷ at work</Badge>}
                  </td>
                  <td className="number">
                    <PauseButton consumer={consumer} paused={paused} onChanged={reload} />
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </ScrollX>
      )}
    </section>
  );
}
