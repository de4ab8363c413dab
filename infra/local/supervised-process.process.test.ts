import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { isDeepStrictEqual } from 'node:util';
import { waitUntil } from './child.ts';
import { guarded } from './guardian.ts';
import { living } from './processes.ts';
import { supervise } from './supervised-process.ts';

const within = 10_000;

const folder = () => mkdtemp(join(tmpdir(), 'conveyor-supervise-'));

async function supervised(t: TestContext, script: string) {
  const dir = await folder();
  const log = join(dir, 'log');
  const command = { file: '/bin/sh', args: ['-c', script], env: {}, cwd: dir, user: undefined };
  const subject = supervise('subject', command, log);
  t.after(async () => {
    await subject.stop();
    await rm(dir, { recursive: true });
  });
  return {
    subject,
    said: (text: string) => eventually(async () => (await readFile(log, 'utf8')).includes(text)),
  };
}

async function eventually(condition: () => boolean | Promise<boolean>): Promise<void> {
  assert.ok(await waitUntil(condition, within), `not within ${within} ms: ${condition}`);
}

const forever = 'echo here; while :; do sleep 0.05; done';

test('a process that is killed comes back, with a line in its log', async (t) => {
  const { subject, said } = await supervised(t, forever);
  await subject.start();
  const first = subject.pid;
  subject.kill();
  await eventually(() => subject.pid !== undefined && subject.pid !== first);
  assert.equal(subject.restarts, 1);
  await said('[supervisor] subject ended (SIGKILL), starts again in 100 ms');
  // The number of the first one may be somebody else's by now.
  await eventually(() => isDeepStrictEqual(guarded(), [subject.pid]));
});

test('a process that ends by itself comes back, each time later', async (t) => {
  const { subject, said } = await supervised(t, 'exit 3');
  await subject.start();
  await said('ended (exit code 3), starts again in 200 ms');
  assert.ok(subject.restarts >= 1);
});

test('a process whose settings are wrong is not started again, until somebody asks for it', async (t) => {
  const { subject, said } = await supervised(t, 'echo wrong; exit 78');
  await subject.start();
  await eventually(() => subject.refused);
  assert.deepEqual([subject.pid, subject.restarts], [undefined, 0]);
  await said('wrong');
  await subject.stop();
  await subject.start();
  await eventually(() => subject.refused);
  assert.equal((await readFile(subject.log, 'utf8')).match(/wrong/g)?.length, 2);
});

test('a process that is stopped stays away until it is started', async (t) => {
  const { subject } = await supervised(t, forever);
  await subject.start();
  const first = subject.pid;
  await subject.stop();
  assert.deepEqual([subject.pid, subject.restarts], [undefined, 0]);
  await subject.start();
  assert.notEqual(subject.pid, first);
});

test('stopping reaches a process that waits for its restart', async (t) => {
  const { subject } = await supervised(t, 'exit 0');
  await subject.start();
  await eventually(() => subject.pid === undefined);
  await subject.stop();
  assert.equal(subject.pid, undefined);
});

test('its descendants go with it, also those that left its process group', async (t) => {
  const { subject, said } = await supervised(t, 'setsid sleep 1000 & echo child $!; wait');
  await subject.start();
  await said('child ');
  const child = Number(/child (\d+)/.exec(await readFile(subject.log, 'utf8'))?.[1]);
  await subject.stop();
  assert.deepEqual(await living([child]), []);
});

test('what is supervised dies with its supervisor, even when that is ended by SIGKILL', async (t) => {
  const dir = await folder();
  t.after(() => rm(dir, { recursive: true }));
  const fixture = fileURLToPath(new URL('testing/supervisor.fixture.ts', import.meta.url));
  const supervisor = spawn(process.execPath, [fixture, join(dir, 'log')], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const pid = Number(await new Promise((resolve) => supervisor.stdout.once('data', resolve)));
  assert.deepEqual(await living([pid]), [pid]);
  supervisor.kill('SIGKILL');
  await eventually(async () => (await living([pid])).length === 0);
});
