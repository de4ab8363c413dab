import type { ReceivedSpan } from './trace-receiver.ts';

/** `service: name`, as the expectations of the tests have it. */
export type Step = `${string}: ${string}`;

function stepOf({ service, name }: ReceivedSpan): Step {
  return `${service}: ${name}`;
}

/** Spans that name a parent which is not among them. */
export function orphans(spans: readonly ReceivedSpan[]): readonly Step[] {
  const known = new Set(spans.map(({ spanId }) => spanId));
  return spans
    .filter(({ parentSpanId }) => parentSpanId !== undefined && !known.has(parentSpanId))
    .map(stepOf);
}

/** Those that begin a trace. */
export function roots(spans: readonly ReceivedSpan[]): readonly Step[] {
  return spans.filter(({ parentSpanId }) => parentSpanId === undefined).map(stepOf);
}

/** Those of `paths` that the spans have not: each step of a path stands directly in the one before it. */
export function missingPaths(
  spans: readonly ReceivedSpan[],
  paths: readonly (readonly Step[])[],
): readonly string[] {
  return paths.filter((path) => !hasPath(spans, path)).map((path) => path.join(' → '));
}

function hasPath(spans: readonly ReceivedSpan[], path: readonly Step[]): boolean {
  let reached: readonly (string | undefined)[] = [undefined];
  for (const step of path) {
    reached = spans
      .filter((span) => stepOf(span) === step && reached.includes(span.parentSpanId))
      .map(({ spanId }) => spanId);
  }
  return reached.length > 0;
}

/** Every span, indented below its parent: for whoever has to find out what is wrong. */
export function drawn(spans: readonly ReceivedSpan[]): string {
  const below = (parent: string | undefined, depth: number): readonly string[] =>
    spans
      .filter(({ parentSpanId }) => parentSpanId === parent)
      .flatMap((span) => [`${'  '.repeat(depth)}${stepOf(span)}`, ...below(span.spanId, depth + 1)]);
  return below(undefined, 0).join('\n');
}
