import type { Comparison, Figure, Measured, Size } from '../../infra/bench/figure.ts';
import { type Middle, verdictOn } from '../../infra/bench/verdict.ts';
import { table } from '../measuring/table.ts';

/** What was measured of one figure: where, when and how. */
export interface Result extends Pick<Figure, 'name' | 'what' | 'against'>, Measured {
  readonly date: string;
  readonly machine: string;
  readonly command: string;
  readonly size: Size;
}

/** The plots of a figure, in its order, as they are called beside the report. */
export function plotNames({ name, plots = [] }: Result): readonly string[] {
  return plots.map((_, n) => (n === 0 ? `${name}.svg` : `${name}-${n + 1}.svg`));
}

/** PERFORMANCE.md. Each figure in it comes from `results`; one of which there is no result is said to have none. */
export function report(figures: readonly Figure[], results: readonly Result[]): string {
  const of = (figure: Figure) => results.find(({ name }) => name === figure.name);
  return `# How fast it is

Written by \`npm run bench\`; do not edit. Everything was on one machine: servers, services, and what places the orders. Each figure is
held against something else, and says against what: as a rule something that was measured in the same run, by turns; else a budget, a promise, or how
the same run began. A ratio of two measurements says something about this code; the numbers
themselves are that machine's. Medians, with the least and the most of all rounds in brackets.

${figures.map((figure) => section(figure, of(figure))).join('\n\n')}

${shortfalls(figures.flatMap((figure) => of(figure) ?? []))}
`;
}

function section(figure: Figure, result: Result | undefined): string {
  // As it was measured, which may have been done otherwise then.
  const { name, what, against } = result ?? figure;
  const head = `## ${name}\n\nMeasured: ${what}.\nAgainst: ${against}.`;
  if (!result) return `${head}\n\nNot measured yet: \`npm run bench -- --only ${name}\`.`;
  const { date, machine, command, size, comparisons } = result;
  const { rounds, orders, rows } = size;
  const pictures = plotNames(result).map(
    (file, n) => `![${result.plots?.[n]?.title ?? ''}](docs/performance/${file})`,
  );
  return [
    head,
    `Measured on ${date}, on ${machine}: \`${command}\` (${rounds} ${rounds === 1 ? 'round' : 'rounds'} of ${orders.toLocaleString('en')} orders or ${rows.toLocaleString('en')} rows).`,
    table(['', 'unit', 'here', 'against', 'ratio', 'aim', 'met'], comparisons.map(row)),
    ...pictures,
  ].join('\n\n');
}

function row(comparison: Comparison): readonly string[] {
  const { what, unit, aim } = comparison;
  const { ours, theirs, ratio, isMet } = verdictOn(comparison);
  return [
    what,
    unit,
    inWords(ours),
    inWords(theirs),
    inWords(ratio),
    aim ? `${aim.is} ${aim.ratio}` : 'reported',
    isMet === undefined ? '' : isMet ? 'yes' : '**no**',
  ];
}

function inWords({ median, least, most }: Middle): string {
  return Object.is(least, most) ? number(median) : `${number(median)} (${number(least)}–${number(most)})`;
}

function number(value: number): string {
  // Nothing against nothing.
  if (!Number.isFinite(value)) return '–';
  return value.toLocaleString(
    'en',
    Number.isInteger(value) ? {} : { maximumSignificantDigits: Math.abs(value) < 1 ? 2 : 3 },
  );
}

function shortfalls(results: readonly Result[]): string {
  const short = results.flatMap(({ name, comparisons }) =>
    comparisons
      .filter((comparison) => verdictOn(comparison).isMet === false)
      .map((comparison) => {
        const { ratio } = verdictOn(comparison);
        return `- ${name}, ${comparison.what}: ${number(ratio.median)}, ${comparison.aim?.is} ${comparison.aim?.ratio} is aimed at.`;
      }),
  );
  return short.length === 0
    ? '## What falls short\n\nNothing that is aimed at.'
    : `## What falls short\n\n${short.join('\n')}`;
}
