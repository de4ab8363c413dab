import type { ReactNode } from 'react';
import { ScrollX } from './scroll-x.tsx';

export interface Column<Row> {
  /** What stands above it; no two of a table have the same. */
  readonly title: string;
  readonly cell: (row: Row) => ReactNode;
  readonly kind?: 'number' | 'row-title' | 'action' | undefined;
  readonly className?: string;
}

interface TableProps<Row> {
  /** What it is called by whoever cannot see it. */
  readonly label: string;
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
  readonly keyOf: (row: Row) => string;
  readonly className?: string;
  readonly classOf?: (row: Row) => string | undefined;
}

/** Rows with the same columns, by data. On a narrow page it scrolls by itself. */
export function Table<Row>({ label, columns, rows, keyOf, className, classOf }: TableProps<Row>) {
  return (
    <ScrollX label={label}>
      <table className={className}>
        <thead>
          <tr>
            {columns.map(({ title, kind }) => (
              <th key={title} scope="col" className={kind === 'number' ? 'number' : undefined}>
                {kind === 'action' ? <span className="out-of-sight">{title}</span> : title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={keyOf(row)} className={classOf?.(row)}>
              {columns.map((column) => (
                <Cell key={column.title} column={column} row={row} />
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </ScrollX>
  );
}

function Cell<Row>({ column, row }: { readonly column: Column<Row>; readonly row: Row }) {
  const { cell, kind, className } = column;
  if (kind === 'row-title')
    return (
      <th scope="row" className={className}>
        {cell(row)}
      </th>
    );
  return <td className={kind === undefined ? className : 'number'}>{cell(row)}</td>;
}
