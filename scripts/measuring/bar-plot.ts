import { colours, legend, picture, text } from './svg.ts';

export interface Bar {
  readonly label: string;
  /** One value for each series, in their order. */
  readonly values: readonly number[];
}

const [labelWidth, barsWidth, barHeight, gap, top] = [170, 460, 12, 14, 48];

/** Bars from left to right, as SVG. `digits`: of the numbers behind the bars. */
export function barPlot(
  title: string,
  series: readonly string[],
  bars: readonly Bar[],
  digits: number,
): string {
  const most = Math.max(...bars.flatMap(({ values }) => values), Number.MIN_VALUE);
  const rowHeight = barHeight * series.length + gap;
  const rows = bars.flatMap(({ label, values }, row) => {
    const y = top + row * rowHeight;
    return [
      text(labelWidth - 8, y + (barHeight * series.length) / 2 + 4, label, 'text-anchor="end"'),
      ...values.map((value, n) => {
        const length = Math.max(1, (value / most) * barsWidth);
        const at = y + n * barHeight;
        const number = value.toLocaleString('en', { maximumFractionDigits: digits });
        return `<rect x="${labelWidth}" y="${at}" width="${length.toFixed(1)}" height="${barHeight - 2}" fill="${colours[n]}"/>${text(labelWidth + length + 5, at + 9, number)}`;
      }),
    ];
  });
  const parts = [...legend(series, labelWidth, 110), ...rows];
  return picture(title, labelWidth + barsWidth + 80, top + bars.length * rowHeight, parts);
}
