import type { DeadLetterDetails } from '@conveyor/contracts/http';
import { useEffect, useState } from 'react';
import { call } from '../api/call.ts';
import { Refusal } from '../api/problem.ts';
import { useAnswer } from '../api/use-answer.ts';
import { Badge, BrokerBadge, OrderLink } from '../parts/badge.tsx';
import { CodeBlock } from '../parts/code-block.tsx';
import { clock, dateAndTime, json } from '../parts/formats.ts';
import { ErrorNotice, Loading } from '../parts/notices.tsx';
import { usePanelFocus } from '../parts/use-panel-focus.ts';
import { wordsOf } from './letter-table.tsx';
import { offTheList, RedriveOne } from './redrive-one.tsx';

/** It may be sent once more, or deleted, together with others. */
const everyMs = 3_000;

interface LetterDetailsProps {
  readonly id: string;
  readonly onChanged: () => void;
  readonly onClose: () => void;
}

export function LetterDetails({ id, onChanged, onClose }: LetterDetailsProps) {
  const { heading, close } = usePanelFocus(onClose);
  const path = `/api/dead-letters/${encodeURIComponent(id)}`;
  const { answer, error, isLoading, reload } = useAnswer(
    path,
    (signal) => call<DeadLetterDetails>(path, { admin: true, signal }),
    everyMs,
  );
  const [news, setNews] = useState<string>();
  const isGone = error instanceof Refusal && error.status === 404;
  // The button that deleted it is gone, and its focus with it. Whoever is elsewhere on the page stays there.
  useEffect(() => {
    if (isGone && document.activeElement === document.body) heading.current?.focus();
  }, [isGone, heading]);
  const told = isGone ? offTheList : news;
  const letter = isGone ? undefined : answer;
  return (
    <section className="card letter-panel" aria-labelledby="letter-title">
      <div className="row is-apart">
        <h2 id="letter-title" ref={heading} tabIndex={-1}>
          {answer?.type ?? 'Dead letter'}
        </h2>
        <button type="button" className="button is-small" onClick={close}>
          Close
        </button>
      </div>
      {isLoading && <Loading what="the dead letter" />}
      {!isGone && <ErrorNotice error={error} retry={reload} />}
      {letter && (
        <>
          <Facts letter={letter} />
          <RedriveOne
            letter={letter}
            onNews={setNews}
            onChanged={() => {
              reload();
              onChanged();
            }}
          />
        </>
      )}
      {/* Stays when the letter goes: only a change of what is there already is told. */}
      <div role="status">{told && <p className={isGone ? 'notice' : 'notice is-good'}>{told}</p>}</div>
      {letter && (
        <>
          <History letter={letter} />
          <details>
            <summary>Attributes and headers</summary>
            <CodeBlock>
              {json({ attributes: letter.attributes, headers: letter.headers, origin: letter.origin })}
            </CodeBlock>
          </details>
        </>
      )}
    </section>
  );
}

function Facts({ letter }: { readonly letter: DeadLetterDetails }) {
  const { status, consumer, broker, cause, attempts, origin, diedAt, orderId, messageId } = letter;
  return (
    <dl className="facts">
      <dt>State</dt>
      <dd>
        <Badge tone={status === 'waiting' ? 'warn' : 'good'}>{status}</Badge>
      </dd>
      <dt>Given up by</dt>
      <dd className="row">
        {consumer} <BrokerBadge broker={broker} />
      </dd>
      <dt>Why</dt>
      <dd>
        {wordsOf(cause.reason, attempts)}
        {cause.error && (
          <>
            {' '}
            <code>{cause.error}</code>
          </>
        )}
      </dd>
      <dt>When</dt>
      <dd>{dateAndTime(diedAt)}</dd>
      <dt>Came from</dt>
      <dd>
        {origin.topic
          ? `topic ${origin.topic}, partition ${origin.partition}, offset ${origin.offset}`
          : `exchange ${origin.exchange || '(default)'}, key ${origin.routingKey ?? ''}`}
      </dd>
      {orderId && (
        <>
          <dt>Order</dt>
          <dd>
            <OrderLink orderId={orderId} />
          </dd>
        </>
      )}
      <dt>Message</dt>
      <dd className="mono small">{messageId ?? 'has no id'}</dd>
    </dl>
  );
}

function History({ letter: { history, actions } }: { readonly letter: DeadLetterDetails }) {
  const all = [
    ...history.map(({ at, error }) => ({ at, what: `failed: ${error}` })),
    ...actions.map(({ at, who, what }) => ({ at, what: `${what} by ${who}` })),
  ];
  if (all.length === 0) return null;
  return (
    <div>
      <h3>What was tried</h3>
      <ol className="tries small">
        {all.map(({ at, what }) => (
          <li key={`${at} ${what}`}>
            <time dateTime={at} className="soft">
              {clock(at)}
            </time>{' '}
            {what}
          </li>
        ))}
      </ol>
    </div>
  );
}
