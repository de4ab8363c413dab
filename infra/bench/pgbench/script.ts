import type { LoggedStatement } from '@conveyor/e2e/order-cost/parse-log';
import type { Transaction } from '@conveyor/e2e/order-cost/transactions';

const uuid = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g;

/** `bench-17` is one of those from which a run may take another. */
export interface Shelf {
  readonly name: string;
  readonly from: number;
  readonly to: number;
}

/**
 * A script for pgbench: the transactions of one order, of one service, as they were sent. Each time it is run it is another
 * order: its ids are numbered, and all end in other digits. And it takes from another shelf, so that runs at the same time do not wait for
 * one row.
 */
export function pgbenchScript(transactions: readonly Transaction[], shelf: Shelf): string {
  const [prefix] = shelf.name.split(/\d+$/);
  const numbers = new Map<string, string>();
  const numberOf = (id: string) => {
    const number = numbers.get(id) ?? (numbers.size + 1).toString(16).padStart(8, '0');
    numbers.set(id, number);
    return number;
  };
  const anew = (text: string) =>
    text
      .replace(uuid, (id) => `${numberOf(id)}-0000-7000-8000-:tail`)
      .replaceAll(shelf.name, `${prefix}:shelf`);
  const lines = transactions.flatMap(({ statements, isExplicit }) => {
    const texts = statements.map((statement) => anew(inPlace(statement)));
    return isExplicit ? ['begin', ...texts, 'commit'] : texts;
  });
  return [
    // Twelve decimal digits are also twelve hexadecimal ones.
    `\\set tail random(100000000000, 999999999999)`,
    `\\set shelf random(${shelf.from}, ${shelf.to})`,
    ...lines.map((line) => `${line};`),
    '',
  ].join('\n');
}

/** The statement with its parameters in their places. */
function inPlace({ text, parameters }: LoggedStatement): string {
  return text.replace(/\$(\d+)/g, (_, n: string) => parameters[Number(n) - 1] ?? 'null');
}
