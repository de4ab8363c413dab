// Everything that can be proven here: static checks, then every test on real servers. With a path, a
// part of one or a glob: those tests alone, and servers only if they need them.

import { availableParallelism } from 'node:os';
import { runSteps } from './check/run-steps.ts';
import { steps } from './check/steps.ts';
import { batchesOf } from './test/batches.ts';
import { runFiles } from './test/run-files.ts';
import { startTestServers } from './test/servers.ts';
import { kindOf, matching, testFiles } from './test/test-files.ts';

// Tests of the whole system start it themselves.
const needsServers = (file: string) => !['unit', 'system', 'e2e'].includes(kindOf(file));

const interrupted = new AbortController();
// Ctrl-C comes twice, from the terminal and from the door: `once` would let the second one kill us.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => interrupted.abort());

async function test(wanted: readonly string[]): Promise<string[]> {
  const files = matching(await testFiles(), wanted);
  if (files.length === 0) return [`no test file matches ${wanted.join(' ')}`];
  if (wanted.length === 0 && !(await runSteps(steps, console.log))) return ['the static checks failed'];
  const servers = files.some(needsServers)
    ? await startTestServers(console.log, interrupted.signal)
    : undefined;
  try {
    const env = { ...process.env, ...servers?.env };
    const batches = batchesOf(files, availableParallelism());
    const wrong = await runFiles(batches, { env, signal: interrupted.signal });
    if (wrong.length > 0 && servers) wrong.push(`the logs of the servers are in ${servers.logs}`);
    return wrong;
  } finally {
    await servers?.stop();
  }
}

const wrong = await test(process.argv.slice(2)).catch((error: unknown) => [String(error)]);
if (wrong.length > 0) console.error(`\nThe tests did not pass: ${wrong.join('; ')}`);
// Whatever a test or a server may have left open.
process.exit(wrong.length > 0 ? 1 : 0);
