import { parseArgs } from 'node:util';
import { type BrokerName, brokerNames } from '../../shared/brokers/envelope.ts';
import { chapterNamed } from '../rooms/chapter-folders.ts';
import { nearest } from '../rooms/nearest.ts';

/** What `npm run pattern -- …` asks for. */
export type Command =
  | { readonly list: true }
  | { readonly name: string; readonly brokers: readonly BrokerName[] }
  /** It asks for nothing that there is. */
  | { readonly wrong: string };

const usage = 'Usage: npm run pattern -- <name> [--broker rabbitmq|kafka], or -- --list';

/** `names`: the patterns that there are to be shown. */
export function commandOf(args: readonly string[], names: readonly string[]): Command {
  const given = parsed(args);
  if ('wrong' in given) return given;
  const { list, broker, name } = given;
  if (list || name === undefined) return { list: true };
  if (!names.includes(name)) {
    const near = nearest(name, names);
    return wrong(`There is no pattern ${name} to be shown.${near ? ` Did you mean ${near}?` : ''}`);
  }
  const brokers = brokerNames.filter((each) => broker === undefined || each === broker);
  return brokers.length > 0 ? { name, brokers } : wrong(`There is no broker ${broker}.`);
}

function parsed(args: readonly string[]) {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      options: { list: { type: 'boolean', default: false }, broker: { type: 'string' } },
      allowPositionals: true,
    });
    const [wanted, ...more] = positionals;
    // By its number, too.
    const name = wanted === undefined ? undefined : (chapterNamed(wanted)?.name ?? wanted);
    return more.length > 0 ? wrong('One pattern at a time.') : { ...values, name };
  } catch (error) {
    return wrong(error instanceof Error ? error.message : String(error));
  }
}

function wrong(why: string): { readonly wrong: string } {
  return { wrong: `${why}\n${usage}` };
}
