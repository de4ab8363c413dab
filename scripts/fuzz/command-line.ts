import { parseArgs } from 'node:util';

/** What `npm run fuzz -- …` asks for. */
export type FuzzCommand =
  | { readonly seed: number; readonly maxExamples: number }
  | { readonly wrong: string };

/** `newSeed` is taken where none is given. */
export function fuzzCommandOf(args: readonly string[], newSeed: number): FuzzCommand {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: { seed: { type: 'string' }, examples: { type: 'string', default: '50' } },
    });
    const seed = values.seed === undefined ? newSeed : Number(values.seed);
    const maxExamples = Number(values.examples);
    if (!Number.isSafeInteger(seed) || seed < 0) return { wrong: '--seed takes a whole number' };
    if (!Number.isSafeInteger(maxExamples) || maxExamples < 1)
      return { wrong: '--examples takes a whole number from 1 on' };
    return { seed, maxExamples };
  } catch (error) {
    return { wrong: error instanceof Error ? error.message : String(error) };
  }
}
