// npm run fuzz [-- --seed N] [--examples 50]: starts a system of its own, lets Schemathesis call every operation of its HTTP
// interface with what is right and what is wrong, and says which answers are not as described. The same seed: the same calls.
import { randomInt } from 'node:crypto';
import { join } from 'node:path';
import { freePorts, removeOldRuns, startStack } from '../infra/local/stack.ts';
import { fuzz } from '../infra/security/fuzz.ts';
import { root } from './check/tool.ts';
import { type FuzzCommand, fuzzCommandOf } from './fuzz/command-line.ts';

const runs = join(root, '.local/fuzz');

const interrupted = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => interrupted.abort());

async function run(command: Exclude<FuzzCommand, { readonly wrong: string }>): Promise<boolean> {
  const { signal } = interrupted;
  await removeOldRuns(runs);
  const stack = await startStack({
    dir: join(runs, String(process.pid)),
    ports: await freePorts(),
    env: { RATE_LIMIT_PER_SECOND: '100000' },
    log: console.error,
    signal,
  });
  try {
    const url = `http://127.0.0.1:${stack.ports.gateway}`;
    console.error(`seed ${command.seed}, ${command.maxExamples} examples of each operation and phase`);
    const adminToken = stack.env.ADMIN_TOKEN;
    const { passed, output } = await fuzz({ ...command, url, adminToken, signal, log: console.error });
    console.log(output);
    return passed;
  } finally {
    await stack.stop();
  }
}

const command = fuzzCommandOf(process.argv.slice(2), randomInt(2 ** 31));
if ('wrong' in command) {
  console.error(command.wrong);
  process.exitCode = 2;
} else {
  try {
    process.exitCode = (await run(command)) ? 0 : 1;
  } catch (error) {
    if (!interrupted.signal.aborted) console.error(error);
    process.exitCode = interrupted.signal.aborted ? 130 : 1;
  }
}
