import { parseArgs } from 'node:util';
import { isUuid } from '../../shared/brokers/envelope.ts';

/** Up to where an order is replayed: its version, or a time. */
export type At = { readonly version: number } | { readonly time: Date };

/** What `npm run replay -- …` asks for. */
export type Command =
  | { readonly do: 'show'; readonly orderId: string; readonly at?: At }
  | { readonly do: 'verify' }
  | { readonly do: 'republish' }
  /** It asks for nothing that there is. */
  | { readonly wrong: string };

const usage = `Usage: npm run replay -- --order ID [--at VERSION|TIME]
       npm run replay -- --all --verify
       npm run replay -- --republish`;

export function commandOf(args: readonly string[]): Command {
  const given = parsed(args);
  if ('wrong' in given) return given;
  const { order, at, all, verify, republish } = given;
  const wishes = [order !== undefined, all || verify, republish].filter(Boolean).length;
  if (wishes !== 1) return wrong('One of --order, --all --verify and --republish must be given.');
  if (order !== undefined) return show(order, at);
  if (at !== undefined) return wrong('--at belongs to --order.');
  if (republish) return { do: 'republish' };
  if (!all) return wrong('--verify needs --all.');
  return verify ? { do: 'verify' } : wrong('--all needs --verify.');
}

function show(order: string, at: string | undefined): Command {
  if (!isUuid(order)) return wrong(`--order: ${order} is not the id of an order.`);
  const orderId = order.toLowerCase();
  if (at === undefined) return { do: 'show', orderId };
  const until = atOf(at);
  return until
    ? { do: 'show', orderId, at: until }
    : wrong(`--at: ${at} is neither a version nor a time with its zone.`);
}

const timeOrDay = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:\d\d))?$/;

/**
 * A version is a number from 1. A time says its zone, for example 2026-11-23T15:26:59Z: it means the same wherever it is asked.
 * A day alone is its first moment, in UTC.
 */
function atOf(text: string): At | undefined {
  if (/^[1-9]\d{0,8}$/.test(text)) return { version: Number(text) };
  const [day, time] = [new Date(text.slice(0, 10)), new Date(text)];
  if (!timeOrDay.test(text) || Number.isNaN(day.getTime()) || Number.isNaN(time.getTime())) return undefined;
  // JavaScript takes the 31st of February for the 3rd of March.
  return day.toISOString().startsWith(text.slice(0, 10)) ? { time } : undefined;
}

function parsed(args: readonly string[]) {
  const no = { type: 'boolean', default: false } as const;
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        order: { type: 'string' },
        at: { type: 'string' },
        all: no,
        verify: no,
        republish: no,
      },
    });
    return values;
  } catch (error) {
    return wrong(error instanceof Error ? error.message : String(error));
  }
}

function wrong(why: string): { readonly wrong: string } {
  return { wrong: `${why}\n${usage}` };
}
