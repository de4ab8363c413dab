import { parseArgs } from 'node:util';

/** What `npm run cluster-check -- …` asks for. */
export type ClusterCheckCommand =
  /** `services`: whose containers are killed; none: those of all. */
  { readonly rate: number; readonly services: readonly string[] } | { readonly wrong: string };

export function clusterCheckCommandOf(args: readonly string[]): ClusterCheckCommand {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      options: { rate: { type: 'string', default: '1' } },
      allowPositionals: true,
    });
    const rate = Number(values.rate);
    if (!(rate >= 0.01 && rate <= 1_000))
      return { wrong: '--rate takes a number of orders a second, from 0.01 to 1000' };
    return { rate, services: positionals };
  } catch (error) {
    return { wrong: error instanceof Error ? error.message : String(error) };
  }
}
