import type { PatternSummary } from '@conveyor/contracts/http';
import { call } from '../api/call.ts';
import { useAnswer } from '../api/use-answer.ts';
import { Empty, ErrorNotice, Loading } from '../parts/notices.tsx';
import { PageHead } from '../parts/page-head.tsx';
import { hrefOf } from '../routing/route.ts';
import { Chapter } from './chapter.tsx';
import { InlineMarkdown } from './markdown.tsx';
import './patterns.css';

export function PatternsView({ name }: { readonly name: string | undefined }) {
  const { answer, error, isLoading, reload } = useAnswer('patterns', (signal) =>
    call<{ patterns: PatternSummary[] }>('/api/patterns', { signal }),
  );
  return (
    <>
      {name === undefined && (
        <PageHead title="Patterns">
          Each is a way to let programs talk by messages, and what it takes to get it right when something
          fails. Read one, then see it at work on the brokers that run here.
        </PageHead>
      )}
      {isLoading && <Loading what="the patterns" />}
      <ErrorNotice error={error} retry={reload} />
      {answer && name === undefined && answer.patterns.length === 0 && <Empty>There are none.</Empty>}
      {answer && name === undefined && (
        <ul className="pattern-cards">
          {answer.patterns.map((pattern) => (
            <li key={pattern.name} className="card pattern-card">
              <span className="soft small">{pattern.number}</span>
              <h2>
                <a href={hrefOf('patterns', pattern.name)}>{pattern.title}</a>
              </h2>
              <div className="small">
                <InlineMarkdown text={pattern.summary} />
              </div>
            </li>
          ))}
        </ul>
      )}
      {name !== undefined && <Chapter key={name} name={name} patterns={answer?.patterns ?? []} />}
    </>
  );
}
