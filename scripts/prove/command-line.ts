import { parseArgs } from 'node:util';
import { type BrokerName, brokerNames } from '../../shared/brokers/envelope.ts';
import { chapterNamed } from '../rooms/chapter-folders.ts';
import { nearest } from '../rooms/nearest.ts';

/** What `npm run prove -- …` asks for. */
export type ProveCommand =
  | { readonly chapters: readonly string[]; readonly brokers: readonly BrokerName[]; readonly brief: boolean }
  | { readonly wrong: string };

/** `known`: the chapters that have proofs; none named means all. */
export function proveCommandOf(args: readonly string[], known: readonly string[]): ProveCommand {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      options: { broker: { type: 'string' }, brief: { type: 'boolean', default: false } },
      allowPositionals: true,
    });
    const wanted = positionals.map((name) => chapterNamed(name)?.name ?? name);
    const unknown = wanted.find((name) => !known.includes(name));
    if (unknown)
      return { wrong: `There is no proof of ${unknown}. Did you mean ${nearest(unknown, known)}?` };
    const brokers = brokerNames.filter((name) => values.broker === undefined || name === values.broker);
    if (brokers.length === 0) return { wrong: `There is no broker ${values.broker}.` };
    const chapters = known.filter((name) => wanted.length === 0 || wanted.includes(name));
    return { chapters, brokers, brief: values.brief };
  } catch (error) {
    return { wrong: error instanceof Error ? error.message : String(error) };
  }
}
