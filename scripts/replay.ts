// npm run replay -- --order ID [--at VERSION|TIME]: rebuilds an order from Kafka alone, and shows it step by step.
// --all --verify: compares Kafka's log of all orders with the event store. --republish: makes a lost log anew from it.
import { styleText } from 'node:util';
import type { Paint } from './follow/story.ts';
import { type Command, commandOf } from './replay/command-line.ts';
import { showOrder } from './replay/one-order.ts';
import { findPlaces, type Places } from './replay/places.ts';
import { republish } from './replay/republish.ts';
import { verifyAll } from './replay/verify.ts';

// Without colours when stdout is no terminal, or NO_COLOR is set: styleText sees to that.
const paint: Paint = (style, text) => styleText(style, text);
const print = (line: string) => console.log(line);

const noPlaces = `No running stack was found. On this machine \`npm start\` starts one (\`npm run status\` shows how far it is).
With Docker: \`docker compose up\`, then \`docker compose run --rm tools replay …\`.
Or name servers by KAFKA_BROKERS and POSTGRES_URL.`;

const interrupted = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => interrupted.abort());

/** Answers whether all is well. */
function run(command: Exclude<Command, { wrong: string }>, places: Places): Promise<boolean> {
  const shared = { ...places, print, paint, signal: interrupted.signal };
  switch (command.do) {
    case 'show':
      return showOrder({ ...shared, ...command });
    case 'verify':
      return verifyAll(shared);
    case 'republish':
      return republish(shared);
    default:
      return command satisfies never;
  }
}

/** Answers the exit code. */
async function main(args: readonly string[]): Promise<number> {
  const command = commandOf(args);
  if ('wrong' in command) {
    console.error(command.wrong);
    return 2;
  }
  const places = await findPlaces(process.env);
  if (places) return (await run(command, places)) ? 0 : 1;
  console.error(noPlaces);
  return 1;
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  if (!interrupted.signal.aborted) console.error(error instanceof Error ? error.message : error);
  process.exitCode = interrupted.signal.aborted ? 130 : 1;
}
