import { parseArgs } from 'node:util';
import type { Size } from '../../infra/bench/figure.ts';
import { nearest } from '../rooms/nearest.ts';

/** What `npm run bench -- …` asks for. */
export type BenchCommand =
  | {
      readonly figures: readonly string[];
      readonly size: Size;
      /** Where PERFORMANCE.md and what it is made of are. */
      readonly out: string;
      readonly json: string | undefined;
    }
  | { readonly recordBudget: true }
  | { readonly wrong: string };

const sizes = { rounds: '6', orders: '300', 'at-once': '50', rows: '100000' } as const;

/** For those who look for what only shows after hours. */
const soakedOrders = 200_000;

/** `known`: the names of all figures. `root`: where the report belongs. */
export function benchCommandOf(
  args: readonly string[],
  known: readonly string[],
  root: string,
): BenchCommand {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        rounds: { type: 'string', default: sizes.rounds },
        orders: { type: 'string', default: sizes.orders },
        'at-once': { type: 'string', default: sizes['at-once'] },
        rows: { type: 'string', default: sizes.rows },
        only: { type: 'string', multiple: true, default: [] },
        out: { type: 'string' },
        json: { type: 'string' },
        soak: { type: 'boolean', default: false },
        'record-budget': { type: 'boolean', default: false },
      },
    });
    if (values['record-budget']) return { recordBudget: true };
    for (const name of ['rounds', 'orders', 'at-once', 'rows'] as const)
      if (!/^[1-9]\d{0,8}$/.test(values[name])) return { wrong: `--${name} takes a whole number from 1 on.` };
    const { only, out, json } = values;
    const unknown = only.find((name) => !known.includes(name));
    if (unknown !== undefined)
      return { wrong: `There is no figure ${unknown}. Did you mean ${nearest(unknown, known)}?` };
    const [rounds, orders] = [Number(values.rounds), Number(values.orders)];
    return {
      figures: only.length === 0 ? known : only,
      size: {
        rounds,
        orders,
        inARow: values.soak ? soakedOrders : rounds * orders,
        atOnce: Number(values['at-once']),
        rows: Number(values.rows),
      },
      out: out ?? root,
      json,
    };
  } catch (error) {
    return { wrong: error instanceof Error ? error.message : String(error) };
  }
}
