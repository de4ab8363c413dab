import { parseArgs } from 'node:util';
import type { Size } from '../../infra/chaos/faults.ts';
import { nearest } from '../rooms/nearest.ts';

/** What `npm run chaos -- …` asks for. */
export type ChaosCommand =
  | {
      readonly seed: number;
      readonly size: Size;
      /** How many place orders, each one after the other; undefined: as many as suit a fault. */
      readonly clients: number | undefined;
      readonly faults: readonly string[];
      /** Where RELIABILITY.md and what it is made of are. */
      readonly out: string;
      readonly json: string | undefined;
    }
  | { readonly wrong: string };

const small = { orders: 200, times: 2, awayMs: 15_000 };
/** As much as is promised. */
const full = { orders: 10_000, times: 5, awayMs: 120_000 };

/** `known`: the names of all faults, in their order. `root`: where the report belongs. */
export function chaosCommandOf(
  args: readonly string[],
  known: readonly string[],
  root: string,
): ChaosCommand {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        seed: { type: 'string', default: '1' },
        orders: { type: 'string' },
        clients: { type: 'string' },
        fault: { type: 'string', multiple: true },
        full: { type: 'boolean', default: false },
        out: { type: 'string' },
        json: { type: 'string' },
      },
    });
    const size = values.full ? full : small;
    const { seed, orders = String(size.orders), clients, fault = known, out, json } = values;
    for (const [name, value] of Object.entries({ seed, orders, clients }))
      if (value !== undefined && !/^[1-9]\d{0,8}$/.test(value))
        return { wrong: `--${name} takes a whole number from 1 on.` };
    const unknown = fault.find((name) => !known.includes(name));
    if (unknown !== undefined)
      return { wrong: `There is no fault ${unknown}. Did you mean ${nearest(unknown, known)}?` };
    return {
      seed: Number(seed),
      size: { ...size, orders: Number(orders) },
      clients: clients === undefined ? undefined : Number(clients),
      faults: known.filter((name) => fault.includes(name)),
      out: out ?? root,
      json,
    };
  } catch (error) {
    return { wrong: error instanceof Error ? error.message : String(error) };
  }
}
