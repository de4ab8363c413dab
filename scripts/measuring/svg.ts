/** One for each series: readable on light ground and on dark. */
export const colours: readonly string[] = ['#e8590c', '#1971c2', '#2b8a3e', '#9c36b5', '#b08900', '#c2255c'];

/** A picture with its title above it. */
export function picture(title: string, width: number, height: number, parts: readonly string[]): string {
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img">`,
    '<style>text { font: 11px sans-serif; fill: #333 } @media (prefers-color-scheme: dark) { text { fill: #ddd } }</style>',
    `<title>${escaped(title)}</title>`,
    text(0, 14, title, 'font-weight="bold"'),
    ...parts,
    '</svg>',
    '',
  ].join('\n');
}

export function text(x: number, y: number, content: string, more = ''): string {
  return `<text x="${x}" y="${y}" ${more}>${escaped(content)}</text>`;
}

/** The names of the series in their colours, from `left` on, each `width` wide. */
export function legend(names: readonly string[], left: number, width: number): readonly string[] {
  return names.map((name, n) => {
    const x = left + n * width;
    return `<rect x="${x}" y="28" width="10" height="10" fill="${colours[n]}"/>${text(x + 15, 37, name)}`;
  });
}

function escaped(content: string): string {
  return content.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}
