/** One for each series of a plot. */
export const colours = ['#e8590c', '#1971c2'];

export function text(x: number, y: number, content: string, more = ''): string {
  return `<text x="${x}" y="${y}" ${more}>${escaped(content)}</text>`;
}

/** A picture under its title, readable on light ground and on dark. */
export function svg(title: string, width: number, height: number, parts: readonly string[]): string {
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

function escaped(content: string): string {
  return content.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}
