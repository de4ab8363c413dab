import type { Comparison, Figure, Measured, Size } from '../../infra/bench/figure.ts';
import { type Middle, verdictOn } from '../../infra/bench/verdict.ts';
import { table } from '../measuring/table.ts';

/** What was measured of one figure. */
export interface Result extends Pick<Figure, 'name' | 'what' | 'against'>, Measured {}

/** Where, when and how it was measured. */
export interface Circumstances {
  readonly date: string;
  readonly machine: string;
  readonly command: string;
  readonly size: Size;
}

/** The plots of a figure, in its order, as they are called beside the report. */
export function plotNames({ name, plots = [] }: Result): readonly string[] {
  return plots.map((_, n) => (n === 0 ? `${name}.svg` : `${name}-${n + 1}.svg`));
}

/** PERFORMANCE.md. Each figure in it comes from `results`. */
export function report(results: readonly Result[], circumstances: Circumstances): string {
  const { date, machine, command, size } = circumstances;
  return `# How fast it is

Written by \`${command}\`; do not edit. Measured on ${date}, on ${machine}, everything on this one machine:
servers, services, and what places the orders. Each figure is held against something that was measured in the same run, by turns,
${size.rounds} ${size.rounds === 1 ? 'round' : 'rounds'} of ${size.orders.toLocaleString('en')} orders or ${size.rows.toLocaleString('en')} rows. A ratio says something about this code; the
numbers themselves are this machine's. Medians, with the least and the most of all rounds in brackets.

${results.map(section).join('\n\n')}

${shortfalls(results)}
`;
}

function section(result: Result): string {
  const { name, what, against, comparisons } = result;
  const pictures = plotNames(result).map(
    (file, n) => `![${result.plots?.[n]?.title ?? ''}](docs/performance/${file})`,
  );
  return [
    `## ${name}`,
    `Measured: ${what}.\nAgainst: ${against}.`,
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
  return least === most ? number(median) : `${number(median)} (${number(least)}–${number(most)})`;
}

function number(value: number): string {
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
