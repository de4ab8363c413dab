import { parseArgs } from 'node:util';
import { nearest } from '../rooms/nearest.ts';
import type { Size } from './measure.ts';

/** What `npm run compare -- …` asks for. */
export type CompareCommand =
  | {
      readonly size: Size;
      readonly delayMs: number;
      readonly patterns: readonly string[];
      readonly out: string;
      readonly json: string | undefined;
    }
  | { readonly wrong: string };

/** `known`: the patterns that can be measured. `root`: where the report of all of them belongs. */
export function compareCommandOf(
  args: readonly string[],
  known: readonly string[],
  root: string,
): CompareCommand {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        messages: { type: 'string', default: '2000' },
        'delay-ms': { type: 'string', default: '500' },
        seed: { type: 'string', default: '1' },
        pattern: { type: 'string' },
        out: { type: 'string' },
        json: { type: 'string' },
      },
    });
    for (const name of ['messages', 'delay-ms', 'seed'] as const)
      if (!/^[1-9]\d{0,8}$/.test(values[name])) return { wrong: `--${name} takes a whole number from 1 on.` };
    const { pattern, out, json } = values;
    if (pattern !== undefined && !known.includes(pattern))
      return { wrong: `There is no pattern ${pattern}. Did you mean ${nearest(pattern, known)}?` };
    if (pattern !== undefined && out === undefined)
      return {
        wrong: 'With --pattern it takes --out FOLDER: a report of one pattern is not the one of all.',
      };
    const burst = Number(values.messages);
    return {
      size: { burst, paced: Math.min(300, burst), seed: Number(values.seed) },
      delayMs: Number(values['delay-ms']),
      patterns: pattern === undefined ? known : [pattern],
      out: out ?? root,
      json,
    };
  } catch (error) {
    return { wrong: error instanceof Error ? error.message : String(error) };
  }
}
