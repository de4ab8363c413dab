// npm run prove -- [chapter …] [--broker rabbitmq|kafka] [--brief]: breaks each pattern at its worst moment, on the right version
// and on its twins, and tells what held. --brief: one failure of each chapter, with one twin, on one broker.
import { styleText } from 'node:util';
import type { BrokerName } from '../shared/brokers/envelope.ts';
import type { Proof } from '../shared/patterns/proof.ts';
import { type ProveCommand, proveCommandOf } from './prove/command-line.ts';
import { loadProofs, provenChapters } from './prove/proofs.ts';
import { type Row, tableLines, twinsCell } from './prove/table.ts';
import { type Case, tryOut } from './prove/trial.ts';
import { complaint, type Outcome } from './prove/verdict.ts';
import type { Servers } from './stage/servers.ts';
import { withServers } from './stage/with-servers.ts';

const interrupted = new AbortController();
// Ctrl-C comes twice, from the terminal and from the door: `once` would let the second one kill us before all is cleared.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => interrupted.abort());

async function outcomeOf(each: Case, servers: Servers): Promise<Outcome> {
  try {
    return { violated: await tryOut(each, servers, interrupted.signal) };
  } catch (error) {
    interrupted.signal.throwIfAborted();
    return { crashed: error instanceof Error ? error.message : String(error) };
  }
}

type Wanted = Exclude<ProveCommand, { readonly wrong: string }>;

interface Tried {
  readonly broker: BrokerName;
  readonly proof: Proof;
  readonly number: number;
  readonly versions: readonly string[];
}

/** Prints a line for each version; answers the complaints, and the line of the table. */
async function prove(chapter: string, { broker, proof, number, versions }: Tried, servers: Servers) {
  const wrong: string[] = [];
  const wrongVersions = new Set<string>();
  console.log(
    `\n${styleText('bold', chapter)} on ${broker}: ${proof.failure}\n  ${proof.invariant.says} (${proof.invariant.code})`,
  );
  for (const version of versions) {
    // Both at the same time: a trial waits for its brokers and processes more than it works.
    const trials = [false, true].map(async (isBroken) => {
      const begun = performance.now();
      const outcome = await outcomeOf({ chapter, proof: number, version, broker, isBroken }, servers);
      const why = complaint(version, isBroken, proof.twins[version]?.violates ?? [], outcome);
      const seconds = ((performance.now() - begun) / 1_000).toFixed(1);
      if (why) {
        wrong.push(`${chapter} on ${broker}, "${proof.failure}", ${version}: ${why}`);
        wrongVersions.add(version);
      }
      const held = 'violated' in outcome && outcome.violated.length === 0;
      const result =
        'crashed' in outcome ? 'crashed' : held ? 'holds' : `broken for ${outcome.violated.join(', ')}`;
      const told = `${isBroken ? 'failure' : 'no failure'}: ${result} (${seconds} s)`;
      return why ? [told, styleText('red', `WRONG: ${why}`)] : [told];
    });
    // Broken off, each clears away what is its own.
    await Promise.allSettled(trials);
    const said = (await Promise.all(trials)).flat();
    console.log(`  ${version === 'right' ? styleText('green', 'right') : version}: ${said.join('; ')}`);
  }
  const twins = versions.filter((version) => version !== 'right');
  const row: Row = {
    chapter,
    broker,
    failure: proof.failure,
    invariant: proof.invariant.code,
    right: wrongVersions.has('right') ? 'WRONG' : 'holds',
    twins: twinsCell(
      twins.filter((twin) => !wrongVersions.has(twin)),
      twins.filter((twin) => wrongVersions.has(twin)),
    ),
  };
  return { wrong, row };
}

async function proveAll({ chapters, brokers: wanted, brief }: Wanted, servers: Servers) {
  const wrong: string[] = [];
  const rows: Row[] = [];
  let tried = 0;
  for (const [position, chapter] of chapters.entries()) {
    const before = tried;
    for (const [number, proof] of (await loadProofs(chapter)).entries()) {
      if (brief && tried > before) break;
      const possible = proof.brokers.filter((broker) => wanted.includes(broker));
      // Each chapter on another broker than the one before, if it can be shown there.
      const brokers = brief ? possible.slice(position % possible.length).slice(0, 1) : possible;
      const twins = Object.keys(proof.twins);
      const versions = ['right', ...(brief ? twins.slice(0, 1) : twins)];
      for (const broker of brokers) {
        const proven = await prove(chapter, { broker, proof, number, versions }, servers);
        wrong.push(...proven.wrong);
        rows.push(proven.row);
        tried += versions.length;
      }
    }
    if (tried === before) wrong.push(`${chapter} has no proof on ${wanted.join(' or ')}`);
  }
  return { wrong, rows, tried };
}

async function main(args: readonly string[]): Promise<number> {
  const command = proveCommandOf(args, [...provenChapters().keys()]);
  if ('wrong' in command) {
    console.error(command.wrong);
    return 2;
  }
  const begun = performance.now();
  const { wrong, rows, tried } = await withServers(console.log, interrupted.signal, (servers) =>
    proveAll(command, servers),
  );
  const seconds = Math.round((performance.now() - begun) / 1_000);
  console.log(`\n${tableLines(rows).join('\n')}`);
  console.log(`\n${tried} versions tried, each with and without its failure, in ${seconds} s`);
  for (const line of wrong) console.error(styleText('red', line));
  return wrong.length > 0 ? 1 : 0;
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  if (!interrupted.signal.aborted) console.error(error instanceof Error ? error.message : error);
  process.exitCode = interrupted.signal.aborted ? 130 : 1;
}
