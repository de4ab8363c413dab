import type { OrderMessage } from '@conveyor/contracts/http';
import { call } from '../api/call.ts';
import { Refusal } from '../api/problem.ts';
import { useAnswer } from '../api/use-answer.ts';
import { CodeBlock } from '../parts/code-block.tsx';
import { json } from '../parts/formats.ts';
import { ErrorNotice, Loading } from '../parts/notices.tsx';
import { usePanelFocus } from '../parts/use-panel-focus.ts';
import { type Happening, wordsOf } from './happening.ts';

interface MessagePanelProps {
  readonly orderId: string;
  readonly messageId: string;
  readonly entries: readonly Happening[];
  readonly onClose: () => void;
}

export function MessagePanel({ orderId, messageId, entries, onClose }: MessagePanelProps) {
  const { heading, close } = usePanelFocus(onClose);
  const path = `/api/orders/${encodeURIComponent(orderId)}/messages/${encodeURIComponent(messageId)}`;
  const { answer, error, isLoading } = useAnswer(path, (signal) => call<OrderMessage>(path, { signal }));
  const mine = entries.filter((entry) => entry.messageId === messageId);
  const isUnrecorded = error instanceof Refusal && error.status === 404;
  return (
    <aside className="card message-panel" aria-labelledby="message-title">
      <div className="row is-apart">
        <h2 id="message-title" ref={heading} tabIndex={-1}>
          {mine.find(({ type }) => type)?.type ?? 'Message'}
        </h2>
        <button type="button" className="button is-small" onClick={close}>
          Close
        </button>
      </div>
      <ul className="stack is-tight small">
        {mine.map((entry, n) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: entries have no id here, and none is ever inserted but in order.
          <li key={n}>
            <strong>{entry.service}</strong> {wordsOf(entry)}
          </li>
        ))}
      </ul>
      {isLoading && <Loading what="the message" />}
      {isUnrecorded ? (
        <p className="notice">Its envelope and body were not recorded.</p>
      ) : (
        <ErrorNotice error={error} />
      )}
      {answer && (
        <>
          <h3>Envelope</h3>
          <dl className="facts small">
            {Object.entries(answer.envelope).map(([name, value]) => (
              <Attribute key={name} name={name} value={value} />
            ))}
          </dl>
          <h3>Body</h3>
          <CodeBlock>{json(answer.data)}</CodeBlock>
        </>
      )}
    </aside>
  );
}

function Attribute({ name, value }: { readonly name: string; readonly value: string }) {
  return (
    <>
      <dt>{name}</dt>
      <dd className="mono">{value}</dd>
    </>
  );
}
