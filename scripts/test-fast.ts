// What needs no servers, within half a minute: types, format, lint, boundaries and the unit tests.
import { availableParallelism } from 'node:os';
import { runSteps } from './check/run-steps.ts';
import { quickSteps } from './check/steps.ts';
import { batchesOf } from './test/batches.ts';
import { runFiles } from './test/run-files.ts';
import { kindOf, testFiles } from './test/test-files.ts';

const interrupted = new AbortController();
// Ctrl-C comes twice, from the terminal and from the door: `once` would let the second one kill us.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => interrupted.abort());

const checked = await runSteps(quickSteps, console.log);
const files = (await testFiles()).filter((file) => kindOf(file) === 'unit');
const batches = batchesOf(files, availableParallelism());
const wrong = await runFiles(batches, { env: process.env, signal: interrupted.signal });
if (!checked) wrong.unshift('the static checks failed');

if (wrong.length > 0) console.error(`\nNot passed: ${wrong.join('; ')}`);
process.exit(wrong.length > 0 ? 1 : 0);
