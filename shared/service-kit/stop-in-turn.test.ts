import { deepStrictEqual } from 'node:assert/strict';
import { test } from 'node:test';
import { stopInTurn } from './stop-in-turn.ts';

test('parts are stopped one after the other, also after one that fails, and one that never ends', async () => {
  const stopped: string[] = [];
  const failures: unknown[] = [];
  const part = (name: string, end: Promise<void>) => ({
    async stop() {
      stopped.push(name);
      await end;
      stopped.push(`${name} is over`);
    },
  });
  const failure = new Error('on purpose');
  const forever = new Promise<void>(() => {});
  const parts = [
    part('first', Promise.reject(failure)),
    part('second', forever),
    part('third', Promise.resolve()),
  ];
  // Half a second more than its grace is each given.
  await stopInTurn(parts, 1, (error) => failures.push(error));
  deepStrictEqual(stopped, ['first', 'second', 'third', 'third is over']);
  deepStrictEqual(failures, [failure]);
});
