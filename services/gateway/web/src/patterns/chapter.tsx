import type { PatternDetails, PatternSummary } from '@conveyor/contracts/http';
import { call } from '../api/call.ts';
import { useAnswer } from '../api/use-answer.ts';
import { ErrorNotice, Loading } from '../parts/notices.tsx';
import { hrefOf } from '../routing/route.ts';
import { Demo } from './demo.tsx';
import { Markdown } from './markdown.tsx';

interface ChapterProps {
  readonly name: string;
  readonly patterns: readonly PatternSummary[];
}

export function Chapter({ name, patterns }: ChapterProps) {
  const path = `/api/patterns/${encodeURIComponent(name)}`;
  const { answer, error, isLoading, reload } = useAnswer(path, (signal) =>
    call<PatternDetails>(path, { signal }),
  );
  const here = patterns.findIndex((pattern) => pattern.name === name);
  const [before, after] = [patterns[here - 1], here === -1 ? undefined : patterns[here + 1]];
  return (
    <>
      <nav className="row is-apart small" aria-label="Chapters">
        <a href={hrefOf('patterns')}>All patterns</a>
        <span className="row">
          {before && <a href={hrefOf('patterns', before.name)}>← {before.title}</a>}
          {after && <a href={hrefOf('patterns', after.name)}>{after.title} →</a>}
        </span>
      </nav>
      {isLoading && <Loading what="the chapter" />}
      <ErrorNotice error={error} retry={reload} />
      {answer && (
        <div className="columns is-narrow-right">
          <article className="card prose">
            <Markdown text={answer.readme} patterns={patterns} />
          </article>
          <Demo name={answer.name} title={answer.title} />
        </div>
      )}
    </>
  );
}
