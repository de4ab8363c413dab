import { once } from 'node:events';
import { join, relative } from 'node:path';
import { Readable } from 'node:stream';
import { run } from 'node:test';
import { spec, type TestEvent } from 'node:test/reporters';
import { root } from '../check/tool.ts';
import type { Batch } from './batches.ts';
import { slowest } from './slowest.ts';
import { type Summary, summaryLines, sumOf, verdict } from './verdict.ts';

/** ms that one test may take, unless it says otherwise itself. */
const testTimeout = 120_000;

/** ms without any news after which the run ends: a file whose tests are over, but which left something open. At full size one test takes many minutes. */
const longestSilence = process.env['FULL_SIZE'] === '1' ? 3_600_000 : 600_000;

const together = join(import.meta.dirname, 'together.ts');

/** Where Node keeps what it made of the code, types stripped: every file runs in a new process, which then starts a quarter faster. */
const compileCache = join(root, '.local/compile-cache');

export interface RunOptions {
  /** The whole environment of the tests. */
  readonly env: NodeJS.ProcessEnv;
  readonly signal: AbortSignal;
}

/** What is found out while the events go by. */
interface Findings {
  readonly wrong: string[];
  /** Of each batch, if it came to its end. */
  readonly summaries: (Summary | undefined)[];
  /** File → how long its tests took. */
  readonly msOf: Map<string, number>;
}

/**
 * Runs the batches one after the other, and the files of each in the given order, and prints as `node --test` does; one
 * summary of all comes last. Resolves with what is wrong with the run, empty when it passed.
 */
export async function runFiles(batches: readonly Batch[], options: RunOptions): Promise<string[]> {
  const findings: Findings = { wrong: [], summaries: [], msOf: new Map() };
  const silent = new AbortController();
  const silence = setTimeout(() => {
    findings.wrong.push(`no test reported anything for ${longestSilence / 60_000} minutes`);
    silent.abort();
  }, longestSilence);
  const signal = AbortSignal.any([options.signal, silent.signal]);

  async function* events(): AsyncGenerator<TestEvent> {
    for (const batch of batches) {
      for await (const event of eventsOf(batch, { ...options, signal }, findings)) {
        silence.refresh();
        yield event;
      }
    }
    const summary = sumOf(findings.summaries);
    for (const message of [...slowest(findings.msOf), ...(summary ? summaryLines(summary) : [])])
      yield { type: 'test:diagnostic', data: { nesting: 0, message, level: 'info' } };
  }

  const printed = Readable.from(events()).compose(spec);
  printed.pipe(process.stdout, { end: false });
  await once(printed, 'end');
  clearTimeout(silence);
  return [...verdict(sumOf(findings.summaries)), ...findings.wrong];
}

/** What is to be printed of a batch: all but its summary. */
async function* eventsOf(
  batch: Batch,
  { env, signal }: RunOptions,
  { wrong, summaries, msOf }: Findings,
): AsyncGenerator<TestEvent> {
  const files = batch.files.map((file) => join(root, file));
  const withTests = new Set<string | undefined>();
  let summary: Summary | undefined;
  function took(file: string, ms: number): void {
    const name = relative(root, file);
    msOf.set(name, (msOf.get(name) ?? 0) + ms);
  }

  const events: AsyncIterable<TestEvent> = run({
    files: batch.together ? [together] : files,
    concurrency: batch.concurrency,
    env: {
      NODE_COMPILE_CACHE: compileCache,
      ...env,
      ...(batch.together && { TEST_FILES: JSON.stringify(files) }),
    },
    signal,
    timeout: testTimeout,
  });
  for await (const event of events) {
    const { type, data } = event;
    if (type === 'test:pass') {
      const { name, file, skip, todo } = data;
      if (skip || todo) console.error(`A test that is skipped or to do fails the run: ${name} (${file})`);
      // A file in which no test was found passes under its own name.
      if (name === file) wrong.push(`${file} holds no test`);
    }
    if (type === 'test:pass' || type === 'test:fail') {
      withTests.add(data.file);
      if (batch.together && data.file && data.nesting === 0) took(data.file, data.details.duration_ms);
    }
    if (type === 'test:summary') {
      // Each file has a summary, too.
      if (data.file === undefined) summary = data;
      else if (!batch.together) took(data.file, data.duration_ms);
    }
    const isOfTheRun = type === 'test:diagnostic' && data.file === undefined;
    if (!isOfTheRun) yield event;
  }
  if (batch.together && summary?.success)
    wrong.push(...files.filter((file) => !withTests.has(file)).map((file) => `${file} holds no test`));
  summaries.push(summary);
}
