import { colours, legend, picture, text } from './svg.ts';

export interface Line {
  readonly name: string;
  readonly points: readonly Point[];
}

type Point = readonly [x: number, y: number];

/** What stands along the axes. */
export interface Axes {
  readonly x: string;
  readonly y: string;
}

const [left, top, across, down] = [60, 52, 620, 260];
const marks = 5;

/** Lines over one another, from nought to the largest value, as SVG. */
export function linePlot(title: string, axes: Axes, lines: readonly Line[]): string {
  const points = lines.flatMap((line) => line.points);
  const most = (of: 0 | 1) => Math.max(...points.map((point) => point[of]), Number.MIN_VALUE);
  const [mostX, mostY] = [most(0), most(1)];
  const at = ([x, y]: Point) =>
    `${(left + (x / mostX) * across).toFixed(1)},${(top + down - (y / mostY) * down).toFixed(1)}`;
  const steps = Array.from({ length: marks + 1 }, (_, n) => n / marks);
  const parts = [
    ...legend(
      lines.map(({ name }) => name),
      left,
      Math.min(220, across / Math.max(1, lines.length)),
    ),
    ...steps.map((share) => {
      const y = top + down - share * down;
      return `<path d="M${left} ${y}h${across}" stroke="#888" stroke-width="0.3"/>${text(left - 6, y + 4, mark(share * mostY), 'text-anchor="end"')}`;
    }),
    ...steps.map((share) =>
      text(left + share * across, top + down + 16, mark(share * mostX), 'text-anchor="middle"'),
    ),
    text(left + across / 2, top + down + 32, axes.x, 'text-anchor="middle"'),
    text(left, top - 4, axes.y),
    ...lines.map(
      (line, n) =>
        `<polyline points="${line.points.map(at).join(' ')}" fill="none" stroke="${colours[n % colours.length]}" stroke-width="1.5"/>`,
    ),
  ];
  return picture(title, left + across + 30, top + down + 42, parts);
}

function mark(value: number): string {
  return value.toLocaleString('en', { maximumSignificantDigits: 3 });
}
