import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { after, before, test } from 'node:test';
import { root } from '../check/tool.ts';
import type { Batch } from './batches.ts';

const tests = {
  passes: `test('passes', () => {});`,
  fails: `test('fails', () => { throw new Error('on purpose'); });`,
  'is-skipped': `test('is skipped', { skip: true }, () => {});`,
  'is-to-do': `test('is to do', { todo: true }, () => {});`,
  'holds-none': '',
  'cannot-load': `import './not-there.ts';`,
  'counts-to-one': `import { count } from './counter.mjs'; test('one', () => { if (++count.now !== 1) throw new Error(); });`,
  'counts-to-two': `import { count } from './counter.mjs'; test('two', () => { if (++count.now !== 2) throw new Error(); });`,
  'knows-its-environment': `test('env', () => { if (process.env.PLANTED !== 'yes') throw new Error('not passed on'); });`,
};

let dir: string;

before(async () => {
  dir = await mkdtemp(join(tmpdir(), 'conveyor-run-'));
  await writeFile(join(dir, 'program.mjs'), program);
  await writeFile(join(dir, 'counter.mjs'), 'export const count = { now: 0 };\n');
  for (const [name, source] of Object.entries(tests)) {
    await writeFile(join(dir, `${name}.test.mjs`), `import { test } from 'node:test';\n${source}\n`);
  }
});
after(() => rm(dir, { recursive: true }));

const program = `
  import { runFiles } from '${join(root, 'scripts/test/run-files.ts')}';
  const [batches] = process.argv.slice(2);
  const options = { env: { ...process.env, PLANTED: 'yes' }, signal: new AbortController().signal };
  console.error(JSON.stringify(await runFiles(JSON.parse(batches), options)));`;

interface Planted {
  readonly files: readonly (keyof typeof tests)[];
  readonly together?: boolean;
}

/** Runs the batches in a process of their own: a runner inside a runner would report to the outer one. */
function runApart(...planted: readonly Planted[]) {
  const batches = planted.map(({ files, together = false }): Batch => {
    const paths = files.map((name) => relative(root, join(dir, `${name}.test.mjs`)));
    return { files: paths, concurrency: 1, together };
  });
  const { NODE_TEST_CONTEXT: _, ...env } = process.env;
  const args = [join(dir, 'program.mjs'), JSON.stringify(batches)];
  const { stdout, stderr } = spawnSync(process.execPath, args, { env, encoding: 'utf8' });
  return { stdout, wrong: JSON.parse(stderr.trim().split('\n').at(-1) ?? '') as string[] };
}

test('passing tests pass, in the given order, and the runner has the last word', () => {
  const { stdout, wrong } = runApart({ files: ['passes', 'knows-its-environment'] });
  assert.deepEqual(wrong, []);
  assert.ok(stdout.indexOf('✔ passes') < stdout.indexOf('✔ env'));
  assert.match(stdout, /ℹ pass 2\n(ℹ .*\n)*ℹ duration_ms .*\n$/);
});

test('of several batches there is one summary', () => {
  const { stdout, wrong } = runApart({ files: ['passes'] }, { files: ['knows-its-environment'] });
  assert.deepEqual(wrong, []);
  assert.deepEqual(stdout.match(/^ℹ (tests|pass) .*$/gm), ['ℹ tests 2', 'ℹ pass 2']);
});

test('files that run together share what their modules hold, and others do not', () => {
  const files = ['counts-to-one', 'counts-to-two'] as const;
  assert.deepEqual(runApart({ files, together: true }).wrong, []);
  assert.equal(runApart({ files }).wrong.length, 1);
});

for (const name of ['fails', 'is-skipped', 'is-to-do', 'holds-none', 'cannot-load'] as const) {
  test(`a run fails with a file that ${name.replaceAll('-', ' ')}`, () => {
    assert.equal(runApart({ files: ['passes', name] }).wrong.length, 1);
  });
}

for (const name of ['holds-none', 'cannot-load'] as const) {
  test(`a run fails with a file that ${name.replaceAll('-', ' ')} when it runs together with others`, () => {
    assert.equal(runApart({ files: ['passes', name], together: true }).wrong.length, 1);
  });
}

test('a failure in an earlier batch fails the run', () => {
  assert.equal(runApart({ files: ['fails'] }, { files: ['passes'] }).wrong.length, 1);
});

test('a run without files fails', () => {
  assert.deepEqual(runApart().wrong, ['no test was run']);
});
