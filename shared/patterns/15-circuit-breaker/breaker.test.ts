import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { setImmediate as soon } from 'node:timers/promises';
import { classify, InfrastructureFault } from '@conveyor/patterns/dead-letter-queue/failure';
import { type BreakerOptions, createBreaker } from './breaker.ts';

const never = new AbortController().signal;
const minute = 60_000;

/** A breaker over something that works or fails as told, and a clock that moves when told. */
function scene(t: TestContext, options: Partial<BreakerOptions<string>> = {}) {
  t.mock.timers.enable({ apis: ['setTimeout', 'Date'] });
  const breaker = createBreaker<string>({
    name: 'the other side',
    lastCalls: 8,
    atLeast: 4,
    firstPauseMs: 1_000,
    longestPauseMs: 4_000,
    ...options,
  });
  const changes: string[] = [];
  breaker.onChange((state) => changes.push(state));
  let calls = 0;
  const end = async (ending: () => string | Promise<string>) => {
    try {
      return await breaker.execute(async () => {
        calls += 1;
        return ending();
      });
    } catch (error) {
      return error instanceof InfrastructureFault ? error.code : 'failed';
    }
  };
  const scenery = {
    breaker,
    changes,
    end,
    calls: () => calls,
    succeed: () => end(() => 'fine'),
    fail: () => end(() => Promise.reject(new Error('broken'))),
    pass: (ms: number) => t.mock.timers.tick(ms),
    async opened() {
      while (breaker.state !== 'open') await scenery.fail();
      changes.length = 0;
      calls = 0;
    },
  };
  return scenery;
}

test('it opens once more than three quarters of the latest calls failed, and not before there are enough', async (t) => {
  const { breaker, succeed, fail } = scene(t);
  await fail();
  await fail();
  await fail();
  assert.equal(breaker.state, 'closed');
  await succeed();
  assert.equal(breaker.state, 'closed', 'three of four');
  await fail();
  assert.equal(breaker.state, 'open');
});

test('old successes are forgotten', async (t) => {
  const { breaker, succeed, fail } = scene(t);
  for (let n = 0; n < 100; n += 1) await succeed();
  for (let n = 0; n < 6; n += 1) await fail();
  assert.equal(breaker.state, 'closed');
  await fail();
  assert.equal(breaker.state, 'open');
});

test('while open a call fails at once, is not made, and counts as infrastructure', async (t) => {
  const { breaker, opened, succeed, calls } = scene(t);
  await opened();
  assert.equal(await succeed(), 'breaker-open');
  assert.equal(calls(), 0);
  const error = await breaker.execute(async () => 'fine').catch((reason: unknown) => reason);
  assert.equal(classify(error), 'infrastructure');
});

test('after the pause one call tries, the others still fail at once, and its success closes it', async (t) => {
  const { breaker, changes, opened, end, succeed, calls, pass } = scene(t);
  await opened();
  pass(999);
  assert.equal(await succeed(), 'breaker-open');
  pass(1);
  const answer = Promise.withResolvers<string>();
  const trying = end(() => answer.promise);
  assert.equal(breaker.state, 'half-open');
  assert.equal(await succeed(), 'breaker-open');
  assert.equal(calls(), 1);

  answer.resolve('fine again');
  assert.equal(await trying, 'fine again');
  assert.equal(await succeed(), 'fine');
  assert.deepEqual(changes, ['half-open', 'closed']);
});

test('a call that tries in vain opens it again, for twice as long, up to the longest pause', async (t) => {
  const { breaker, changes, opened, fail, succeed, pass, calls } = scene(t);
  await opened();
  for (const pauseMs of [1_000, 2_000, 4_000, 4_000]) {
    pass(pauseMs - 1);
    assert.equal(await fail(), 'breaker-open');
    pass(1);
    assert.equal(await fail(), 'failed');
    assert.equal(breaker.state, 'open');
  }
  assert.equal(calls(), 4);
  pass(4_000);
  await succeed();
  assert.deepEqual(changes.slice(-2), ['half-open', 'closed']);
});

test('once closed it has forgotten what was, the length of the pause included', async (t) => {
  const { breaker, opened, succeed, fail, pass } = scene(t);
  await opened();
  pass(1_000);
  await fail();
  pass(2_000);
  await succeed();
  await fail();
  await fail();
  assert.equal(breaker.state, 'closed');
  await opened();
  pass(1_000);
  assert.equal(await succeed(), 'fine');
});

test('whoever hands it in decides what a failure is', async (t) => {
  const isFailure: BreakerOptions<string>['isFailure'] = (ending) =>
    'result' in ending && ending.result === 'out of order';
  const { breaker, fail, end } = scene(t, { isFailure });
  for (let n = 0; n < 20; n += 1) assert.equal(await fail(), 'failed');
  assert.equal(breaker.state, 'closed');
  for (let n = 0; n < 4; n += 1) assert.equal(await end(() => 'out of order'), 'out of order');
  assert.equal(breaker.state, 'open', 'rejections of others have not counted as successes either');
});

test('a call that tries and is given up has proved nothing: it stays open', async (t) => {
  const isFailure: BreakerOptions<string>['isFailure'] = (ending) => 'result' in ending;
  const { breaker, fail, end, pass } = scene(t, { isFailure });
  for (let n = 0; n < 4; n += 1) await end(() => 'out of order');
  pass(1_000);
  assert.equal(await fail(), 'failed');
  assert.equal(breaker.state, 'open');
});

test('whoever waits until it is ready goes on when a call may try; the rest when that has worked', async (t) => {
  const { breaker, opened, end, pass } = scene(t);
  await breaker.ready(minute, never);
  await opened();
  const ready: number[] = [];
  const wait = async (who: number) => {
    await breaker.ready(minute, never);
    ready.push(who);
  };
  const first = wait(1);
  pass(999);
  await Promise.resolve();
  assert.deepEqual(ready, []);
  pass(1);
  await first;

  const answer = Promise.withResolvers<string>();
  const trying = end(() => answer.promise);
  const second = wait(2);
  await Promise.resolve();
  assert.deepEqual(ready, [1]);
  answer.resolve('fine');
  await trying;
  await second;
});

test('waiting until it is ready ends with its time limit, and rejects with its signal', async (t) => {
  const { breaker, opened } = scene(t);
  await opened();
  await breaker.ready(1, never);
  assert.equal(breaker.state, 'open');
  const stopping = new AbortController();
  const waiting = breaker.ready(minute, stopping.signal);
  stopping.abort();
  await assert.rejects(waiting, { name: 'AbortError' });
  await assert.rejects(breaker.ready(minute, stopping.signal), { name: 'AbortError' });
});

test('a clock that was set back makes nobody ask again and again', async (t) => {
  const { breaker, opened, succeed, pass } = scene(t);
  await opened();
  pass(1_000);
  t.mock.timers.setTime(0);
  assert.equal(await succeed(), 'breaker-open');
  let ready = false;
  const waiting = breaker.ready(minute, never).then(() => {
    ready = true;
  });
  await Promise.resolve();
  assert.equal(ready, false);
  pass(100);
  await waiting;
});

test('held open it lets nothing through, however long, and closes at once when it is let go', async (t) => {
  const { breaker, changes, succeed, calls, pass } = scene(t);
  const letGo = breaker.holdOpen();
  const waiting = breaker.ready(minute, never);
  pass(minute);
  assert.equal(await succeed(), 'breaker-open');
  assert.equal(calls(), 0);
  letGo();
  letGo();
  await waiting;
  assert.equal(await succeed(), 'fine');
  assert.deepEqual(changes, ['open', 'closed']);
});

test('held open while it is open already, it is told of once, and the pause no longer counts', async (t) => {
  const { breaker, changes, opened, succeed, pass } = scene(t);
  await opened();
  const letGo = breaker.holdOpen();
  pass(minute);
  assert.equal(await succeed(), 'breaker-open');
  letGo();
  assert.equal(await succeed(), 'fine');
  assert.deepEqual(changes, ['closed']);
});

test('calls from before it opened neither open it again nor take the place of the one that tries', async (t) => {
  const { breaker, changes, end, fail, opened, pass } = scene(t);
  const outage = Promise.withResolvers<string>();
  const tail = Array.from({ length: 50 }, () => end(() => outage.promise));
  await opened();
  pass(1_000);
  const answer = Promise.withResolvers<string>();
  const trying = end(() => answer.promise);

  outage.reject(new Error('no answer for ten seconds'));
  assert.deepEqual(new Set(await Promise.all(tail)), new Set(['failed']), 'each ends as it would have');
  assert.equal(breaker.state, 'half-open');
  answer.resolve('fine again');
  assert.equal(await trying, 'fine again');
  assert.deepEqual(changes, ['half-open', 'closed']);

  await fail();
  assert.equal(breaker.state, 'closed', 'one of two, the other being the one that tried');
});

test('calls from before it opened that end once it has closed say nothing of the time since', async (t) => {
  const { breaker, end, opened, succeed, pass } = scene(t);
  const outage = Promise.withResolvers<string>();
  const tail = Array.from({ length: 50 }, () => end(() => outage.promise));
  await opened();
  pass(1_000);
  await succeed();
  outage.reject(new Error('no answer for ten seconds'));
  await Promise.all(tail);
  assert.equal(breaker.state, 'closed');
});

test('a call that tries and hangs makes way for another after its time, and ends as it ends', async (t) => {
  const { breaker, changes, opened, end, succeed, pass } = scene(t, { trialMs: 2_000 });
  await opened();
  pass(1_000);
  const answer = Promise.withResolvers<string>();
  const trying = end(() => answer.promise);
  pass(1_999);
  assert.equal(await succeed(), 'breaker-open');
  assert.equal(breaker.state, 'half-open');
  pass(1);
  await soon();
  assert.equal(breaker.state, 'open');
  const ready = breaker.ready(minute, never);
  pass(1_999);
  assert.equal(await succeed(), 'breaker-open', 'it counts as failed');
  pass(1);
  await ready;
  assert.equal(await succeed(), 'fine');

  answer.reject(new Error('no answer for half a minute'));
  assert.equal(await trying, 'failed');
  assert.equal(breaker.state, 'closed');
  assert.deepEqual(changes, ['half-open', 'open', 'half-open', 'closed']);
});

test('only the call that tries has a time: a slow one says nothing while all is well', async (t) => {
  const { breaker, end, pass } = scene(t, { trialMs: 2_000 });
  const answer = Promise.withResolvers<string>();
  const slow = Array.from({ length: 8 }, () => end(() => answer.promise));
  pass(minute);
  await soon();
  assert.equal(breaker.state, 'closed');
  answer.resolve('fine');
  assert.deepEqual(new Set(await Promise.all(slow)), new Set(['fine']));
});
