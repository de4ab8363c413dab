import { colours, picture, text } from './svg.ts';

/** A moment of the time that is plotted. */
export interface Mark {
  /** Seconds. */
  readonly at: number;
  readonly label: string;
}

const [left, right, top, plotHeight, plotWidth] = [50, 20, 90, 160, 640];

/** Values over time, `every` seconds one, with upright lines where something happened. */
export function timePlot(
  title: string,
  values: readonly number[],
  every: number,
  marks: readonly Mark[],
): string {
  const seconds = Math.max(values.length * every, ...marks.map(({ at }) => at), 1);
  const most = Math.max(...values, Number.MIN_VALUE);
  const x = (at: number) => left + (at / seconds) * plotWidth;
  const y = (value: number) => top + plotHeight - (value / most) * plotHeight;
  const bottom = top + plotHeight;
  const points = values.map((value, n) => `${x((n + 0.5) * every).toFixed(1)},${y(value).toFixed(1)}`);
  const ticks = Array.from({ length: 6 }, (_, n) => (n * seconds) / 5);
  return picture(title, left + plotWidth + right, bottom + 30, [
    ...marks.flatMap(({ at, label }) => [
      `<line class="mark" x1="${x(at).toFixed(1)}" y1="${top}" x2="${x(at).toFixed(1)}" y2="${bottom}" stroke="${colours[0]}" stroke-dasharray="3 3"/>`,
      text(0, 0, label, `transform="translate(${(x(at) + 3).toFixed(1)} ${top - 4}) rotate(-45)"`),
    ]),
    `<line x1="${left}" y1="${bottom}" x2="${left + plotWidth}" y2="${bottom}" stroke="#888"/>`,
    `<polyline points="${points.join(' ')}" fill="none" stroke="${colours[1]}" stroke-width="2"/>`,
    text(left - 6, top + 4, most.toLocaleString('en', { maximumFractionDigits: 1 }), 'text-anchor="end"'),
    text(left - 6, bottom, '0', 'text-anchor="end"'),
    ...ticks.map((at) => text(x(at), bottom + 16, `${Math.round(at)} s`, 'text-anchor="middle"')),
  ]);
}
