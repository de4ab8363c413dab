import { deepStrictEqual, ok, strictEqual } from 'node:assert/strict';
import { test } from 'node:test';
import { shareAnswer } from './shared-answer.ts';

/** A question whose answers are handed in, with a clock that is set. */
function scene() {
  const clock = { now: 0 };
  const asked: PromiseWithResolvers<string>[] = [];
  const ask = shareAnswer({
    find: () => {
      const next = Promise.withResolvers<string>();
      asked.push(next);
      return next.promise;
    },
    freshMs: 1_000,
    patienceMs: 50,
    now: () => clock.now,
  });
  return { clock, asked, ask };
}

test('all who ask within a second have one answer; it is found only when somebody asks', async () => {
  const { clock, asked, ask } = scene();
  strictEqual(asked.length, 0);
  const both = [ask(), ask()];
  asked[0]?.resolve('one');
  deepStrictEqual(await Promise.all(both), ['one', 'one']);
  clock.now = 999;
  strictEqual(await ask(), 'one');
  strictEqual(asked.length, 1);
  clock.now = 1_000;
  const later = ask();
  asked[1]?.resolve('two');
  strictEqual(await later, 'two');
});

test('one that does not come in time is not waited for, nor asked for again until it has come', async () => {
  const { clock, asked, ask } = scene();
  const began = performance.now();
  strictEqual(await ask(), undefined);
  ok(performance.now() - began < 1_000);
  clock.now = 5_000;
  strictEqual(await ask(), undefined);
  strictEqual(asked.length, 1);
  asked[0]?.resolve('late');
  await asked[0]?.promise;
  strictEqual(await ask(), 'late');
});

test('one that cannot be found is none, and is looked for again a second later', async () => {
  const { clock, asked, ask } = scene();
  const first = ask();
  asked[0]?.reject(new Error('away'));
  strictEqual(await first, undefined);
  strictEqual(await ask(), undefined);
  strictEqual(asked.length, 1);
  clock.now = 1_000;
  const second = ask();
  asked[1]?.resolve('back');
  strictEqual(await second, 'back');
});
