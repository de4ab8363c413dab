import type { LoggedStatement } from './parse-log.ts';

/** What one connection did from a BEGIN to its end, or a statement that is a transaction by itself. */
export interface Transaction {
  readonly role: string;
  readonly connection: number;
  /** Without BEGIN and COMMIT. */
  readonly statements: readonly LoggedStatement[];
  readonly isExplicit: boolean;
  /** Whether it was committed and has written something. */
  readonly isCommit: boolean;
}

const begins = /^begin\b|^start transaction\b/i;
const ends = /^(?<end>commit|rollback)\b(?! to)/i;
const reads = /^(select|set|show|listen|unlisten)\b/i;

/** Puts statements together to transactions, in the order in which they ended. What has not ended is left out. */
export function transactionsOf(statements: readonly LoggedStatement[]): readonly Transaction[] {
  const open = new Map<number, LoggedStatement[]>();
  const transactions: Transaction[] = [];
  for (const statement of statements) {
    const { role, connection, text } = statement;
    const underWay = open.get(connection);
    const end = ends.exec(text)?.groups?.['end'];
    if (begins.test(text)) open.set(connection, []);
    else if (end) {
      open.delete(connection);
      const isCommit = /commit/i.test(end) && !(underWay ?? []).every((each) => reads.test(each.text));
      transactions.push({ role, connection, statements: underWay ?? [], isExplicit: true, isCommit });
    } else if (underWay) underWay.push(statement);
    else
      transactions.push({
        role,
        connection,
        statements: [statement],
        isExplicit: false,
        isCommit: !reads.test(text),
      });
  }
  return transactions;
}
