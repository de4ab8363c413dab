import { once } from 'node:events';
import { join } from 'node:path';
import { run } from 'node:test';
import { spec } from 'node:test/reporters';
import { root } from '../check/tool.ts';
import { type Summary, verdict } from './verdict.ts';

/** ms that one test may take, unless it says otherwise itself. */
const testTimeout = 120_000;

/** ms without any news after which the run ends: a file whose tests are over, but which left something open. At full size one test takes many minutes. */
const longestSilence = process.env['FULL_SIZE'] === '1' ? 3_600_000 : 600_000;

export interface RunOptions {
  /** Files that run at a time. */
  readonly concurrency: number;
  /** The whole environment of the tests. */
  readonly env: NodeJS.ProcessEnv;
  readonly signal: AbortSignal;
}

/**
 * Runs the files in the given order, each in a process of its own, and prints as `node --test` does;
 * its summary comes last. Resolves with what is wrong with the run, empty when it passed.
 */
export async function runFiles(files: readonly string[], options: RunOptions): Promise<string[]> {
  const wrong: string[] = [];
  let summary: Summary | undefined;
  const silent = new AbortController();
  const silence = setTimeout(() => {
    wrong.push(`no test reported anything for ${longestSilence / 60_000} minutes`);
    silent.abort();
  }, longestSilence);

  const events = run({
    files: files.map((file) => join(root, file)),
    concurrency: options.concurrency,
    env: options.env,
    signal: AbortSignal.any([options.signal, silent.signal]),
    timeout: testTimeout,
  });
  events.on('data', () => silence.refresh());
  events.on('test:pass', ({ name, file, skip, todo }) => {
    if (skip || todo) console.error(`A test that is skipped or to do fails the run: ${name} (${file})`);
    // A file in which no test was found passes under its own name.
    if (name === file) wrong.push(`${file} holds no test`);
  });
  events.on('test:summary', (event) => {
    // Each file has a summary, too.
    if (event.file === undefined) summary = event;
  });
  const printed = events.compose(spec);
  printed.pipe(process.stdout, { end: false });
  await once(printed, 'end');
  clearTimeout(silence);
  return [...verdict(summary), ...wrong];
}
