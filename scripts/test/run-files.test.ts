import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { after, before, test } from 'node:test';
import { root } from '../check/tool.ts';

const tests = {
  passes: `test('passes', () => {});`,
  fails: `test('fails', () => { throw new Error('on purpose'); });`,
  'is-skipped': `test('is skipped', { skip: true }, () => {});`,
  'is-to-do': `test('is to do', { todo: true }, () => {});`,
  'holds-none': '',
  'cannot-load': `import './not-there.ts';`,
  'knows-its-environment': `test('env', () => { if (process.env.PLANTED !== 'yes') throw new Error('not passed on'); });`,
};

let dir: string;

before(async () => {
  dir = await mkdtemp(join(tmpdir(), 'conveyor-run-'));
  await writeFile(join(dir, 'program.mjs'), program);
  for (const [name, source] of Object.entries(tests)) {
    await writeFile(join(dir, `${name}.test.mjs`), `import { test } from 'node:test';\n${source}\n`);
  }
});
after(() => rm(dir, { recursive: true }));

const program = `
  import { runFiles } from '${join(root, 'scripts/test/run-files.ts')}';
  const options = { concurrency: 1, env: { ...process.env, PLANTED: 'yes' }, signal: new AbortController().signal };
  console.error(JSON.stringify(await runFiles(process.argv.slice(2), options)));`;

/** Runs the files in a process of their own: a runner inside a runner would report to the outer one. */
function runFilesApart(...names: (keyof typeof tests)[]) {
  const files = names.map((name) => relative(root, join(dir, `${name}.test.mjs`)));
  const { NODE_TEST_CONTEXT: _, ...env } = process.env;
  const args = [join(dir, 'program.mjs'), ...files];
  const { stdout, stderr } = spawnSync(process.execPath, args, { env, encoding: 'utf8' });
  return { stdout, wrong: JSON.parse(stderr.trim().split('\n').at(-1) ?? '') as string[] };
}

test('passing tests pass, in the given order, and the runner has the last word', () => {
  const { stdout, wrong } = runFilesApart('passes', 'knows-its-environment');
  assert.deepEqual(wrong, []);
  assert.ok(stdout.indexOf('✔ passes') < stdout.indexOf('✔ env'));
  assert.match(stdout, /ℹ pass 2\n(ℹ .*\n)*ℹ duration_ms .*\n$/);
});

for (const name of ['fails', 'is-skipped', 'is-to-do', 'holds-none', 'cannot-load'] as const) {
  test(`a run fails with a file that ${name.replaceAll('-', ' ')}`, () => {
    assert.equal(runFilesApart('passes', name).wrong.length, 1);
  });
}

test('a run without files fails', () => {
  assert.deepEqual(runFilesApart().wrong, ['no test was run']);
});
