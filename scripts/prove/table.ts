/** One failure on one broker, and what came of it. */
export interface Row {
  readonly chapter: string;
  readonly broker: string;
  readonly failure: string;
  /** The code of what must hold. */
  readonly invariant: string;
  /** `holds`, or `WRONG`. */
  readonly right: string;
  /** The twins that broke as they declare, and those that did not. */
  readonly twins: string;
}

const columns = ['chapter', 'broker', 'failure', 'invariant', 'right', 'twins'] as const;

/** The rows below a head, in columns as wide as they have to be. */
export function tableLines(rows: readonly Row[]): readonly string[] {
  const head = Object.fromEntries(columns.map((column) => [column, column])) as unknown as Row;
  const lines = [head, ...rows];
  const widths = new Map(
    columns.map((column) => [column, Math.max(...lines.map((row) => row[column].length))]),
  );
  return lines.map((row) =>
    columns
      .map((column) => row[column].padEnd(widths.get(column) ?? 0))
      .join('  ')
      .trimEnd(),
  );
}

/** What the table says of the twins; `wrong` are those that did not break as declared. */
export function twinsCell(broken: readonly string[], wrong: readonly string[]): string {
  const cells = [
    ...(broken.length > 0 ? [`broken: ${broken.join(', ')}`] : []),
    ...(wrong.length > 0 ? [`WRONG: ${wrong.join(', ')}`] : []),
  ];
  return cells.join('; ');
}
