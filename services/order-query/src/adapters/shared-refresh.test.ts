import { deepStrictEqual, rejects, strictEqual } from 'node:assert/strict';
import { test } from 'node:test';
import { sharedRefresh } from './shared-refresh.ts';

const turn = () => new Promise((resolve) => setImmediate(resolve));

/** Runs that end when the test wants. */
function scene() {
  const runs: PromiseWithResolvers<void>[] = [];
  const refresh = sharedRefresh(() => {
    const run = Promise.withResolvers<void>();
    runs.push(run);
    return run.promise;
  });
  return { runs, refresh };
}

test('who asks while a run is under way gets the next one, and shares it with all who ask until then', async () => {
  const { runs, refresh } = scene();
  const ended: number[] = [];
  const ask = (n: number) => refresh().then(() => ended.push(n));
  const first = ask(1);
  await turn();
  const others = [ask(2), ask(3)];
  await turn();
  strictEqual(runs.length, 1);

  runs[0]?.resolve();
  await first;
  await turn();
  deepStrictEqual([runs.length, ended], [2, [1]]);
  runs[1]?.resolve();
  await Promise.all(others);
  deepStrictEqual([runs.length, ended], [2, [1, 2, 3]]);
});

test('a run that fails is told to those who shared it, and the next one is another', async () => {
  const { runs, refresh } = scene();
  const failing = refresh();
  await turn();
  const next = refresh();
  runs[0]?.reject(new Error('away'));
  await rejects(failing, /away/);
  await turn();
  runs[1]?.resolve();
  await next;
});
