import { useEffect, useRef, useState } from 'react';
import { open } from '../api/call.ts';
import { inWords } from '../api/problem.ts';
import { Choices } from '../parts/choices.tsx';
import { CodeBlock } from '../parts/code-block.tsx';
import { ErrorNotice } from '../parts/notices.tsx';
import { demoNews, textOf } from './demo-lines.ts';

const brokers = [
  { value: 'rabbitmq', title: 'RabbitMQ' },
  { value: 'kafka', title: 'Kafka' },
] as const;

/** The pattern at work on the real brokers, told line by line. */
export function Demo({ name, title }: { readonly name: string; readonly title: string }) {
  const [broker, setBroker] = useState<'rabbitmq' | 'kafka'>('rabbitmq');
  const [lines, setLines] = useState<readonly string[]>([]);
  const [end, setEnd] = useState<string>();
  const [error, setError] = useState<string>();
  const running = useRef<AbortController>(undefined);
  const [isRunning, setRunning] = useState(false);
  const output = useRef<HTMLPreElement>(null);

  // It ends with the connection, so it must not go on when nobody looks any more.
  useEffect(() => () => running.current?.abort(), []);
  // biome-ignore lint/correctness/useExhaustiveDependencies: what a new line does is to scroll; nothing of it is read here.
  useEffect(() => {
    output.current?.scrollTo(0, output.current.scrollHeight);
  }, [lines]);

  const start = async () => {
    const mine = new AbortController();
    running.current = mine;
    setRunning(true);
    setLines([]);
    setEnd(undefined);
    setError(undefined);
    try {
      const path = `/api/patterns/${encodeURIComponent(name)}/demo`;
      const response = await open(path, {
        method: 'POST',
        admin: true,
        body: { broker },
        signal: mine.signal,
      });
      if (!response.body) throw new Error('The answer was empty.');
      for await (const news of demoNews(textOf(response.body))) {
        if ('line' in news) setLines((told) => [...told, news.line]);
        else
          setEnd(
            news.exitCode === 0 ? 'It went as promised.' : `It failed, with exit code ${news.exitCode}.`,
          );
      }
    } catch (failure) {
      if (mine.signal.aborted) setEnd('Stopped.');
      else setError(inWords(failure));
    } finally {
      setRunning(false);
    }
  };

  return (
    <section className="card demo" aria-labelledby="demo-title">
      <h2 id="demo-title">See it at work</h2>
      <p className="soft">
        Plays {title} on the broker that runs here, with queues or topics of its own that are gone afterwards,
        and tells what happens.
      </p>
      <Choices legend="Broker" choices={brokers} value={broker} onChange={setBroker} isInline />
      <div className="row">
        <button type="button" className="button is-main" disabled={isRunning} onClick={() => void start()}>
          {isRunning ? 'Playing …' : 'Play'}
        </button>
        <button
          type="button"
          className="button"
          disabled={!isRunning}
          onClick={() => running.current?.abort()}
        >
          Stop
        </button>
      </div>
      <CodeBlock className="demo-lines" ref={output} role="log" aria-label="What happens">
        {lines.length === 0
          ? 'What happens will be told here.'
          : // One by one, so that a new line is told alone.
            // biome-ignore lint/suspicious/noArrayIndexKey: a line has nothing else, and none is ever inserted but at the end.
            lines.map((line, n) => <span key={n}>{`${line}\n`}</span>)}
      </CodeBlock>
      <p role="status">{end}</p>
      <ErrorNotice error={error} />
    </section>
  );
}
