import { deepStrictEqual, strictEqual } from 'node:assert/strict';
import { mock, test } from 'node:test';
import { eventually } from '@conveyor/testing/eventually';
import { everySecond } from './every-second.ts';

test('it runs again at once while there is more, then a second later, also after a failure', async () => {
  const errors: unknown[] = [];
  const failure = new Error('no database');
  const task = mock.fn(async () => {
    if (task.mock.callCount() === 2) throw failure;
    return task.mock.callCount() < 2;
  });
  const sweep = everySecond(task, (error) => errors.push(error));
  await eventually(() => strictEqual(task.mock.callCount(), 4));
  await sweep.stop(1_000);
  deepStrictEqual(errors, [failure]);
  strictEqual(task.mock.callCount(), 4);
});

test('stopping waits for the run under way', async () => {
  const run = Promise.withResolvers<boolean>();
  const sweep = everySecond(
    () => run.promise,
    () => {},
  );
  const order: string[] = [];
  const stopped = sweep.stop(60_000).then(() => order.push('stopped'));
  order.push('done');
  run.resolve(true);
  await stopped;
  deepStrictEqual(order, ['done', 'stopped']);
});
