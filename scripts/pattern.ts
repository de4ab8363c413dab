// npm run pattern -- <name> [--broker rabbitmq|kafka]: shows a pattern at work on the running brokers, with queues, topics and
// tables of its own, which are gone afterwards. --list, or nothing: what there is to be shown.
import { styleText } from 'node:util';
import type { BrokerName } from '../shared/brokers/envelope.ts';
import type { Demo } from '../shared/patterns/demo.ts';
import type { Paint } from './follow/story.ts';
import { chapters, loadDemo } from './pattern/chapters.ts';
import { commandOf } from './pattern/command-line.ts';
import { Narrator } from './pattern/narrator.ts';
import { findServers, type Servers } from './stage/servers.ts';
import { RealStage } from './stage/stage.ts';

// Without colours when stdout is no terminal, or NO_COLOR is set: styleText sees to that.
const paint: Paint = (style, text) => styleText(style, text);
const brokerTitles = { rabbitmq: 'RabbitMQ', kafka: 'Kafka' } as const satisfies Record<BrokerName, string>;

const noServers = `No running stack was found. On this machine \`npm start\` starts one (\`npm run status\` shows how far it is).
With Docker: \`docker compose up\`, then \`docker compose run --rm tools pattern <name>\`.
Or name servers by RABBITMQ_URL, KAFKA_BROKERS and POSTGRES_URL.`;

const interrupted = new AbortController();
// Ctrl-C comes twice, from the terminal and from the door: `once` would let the second one kill us before all is cleared.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => interrupted.abort());

async function play(name: string, demo: Demo, broker: BrokerName, servers: Servers): Promise<void> {
  const narrator = new Narrator(console.log, paint);
  const { signal } = interrupted;
  const stage = new RealStage({ chapter: name, broker, servers, narrator, signal });
  narrator.title(`${name} on ${brokerTitles[broker]}`);
  try {
    narrator.conclude(await demo.run(stage));
  } finally {
    await stage.clear();
  }
  console.log('');
}

async function list(files: ReadonlyMap<string, string>): Promise<void> {
  console.log('npm run pattern -- <name> [--broker rabbitmq|kafka]\n');
  for (const [name, file] of files) console.log(`  ${name.padEnd(20)} ${(await loadDemo(file)).title}`);
}

/** Answers the exit code. */
async function main(args: readonly string[]): Promise<number> {
  const files = chapters();
  const command = commandOf(args, [...files.keys()]);
  if ('wrong' in command) {
    console.error(command.wrong);
    return 2;
  }
  if ('list' in command) {
    await list(files);
    return 0;
  }
  const servers = await findServers(process.env);
  if (!servers) {
    console.error(noServers);
    return 1;
  }
  const demo = await loadDemo(files.get(command.name) ?? '');
  for (const broker of command.brokers) await play(command.name, demo, broker, servers);
  return 0;
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  if (!interrupted.signal.aborted) console.error(error instanceof Error ? error.message : error);
  process.exitCode = interrupted.signal.aborted ? 130 : 1;
}
