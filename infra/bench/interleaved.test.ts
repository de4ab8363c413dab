import { deepStrictEqual, rejects } from 'node:assert/strict';
import { test } from 'node:test';
import { interleaved } from './interleaved.ts';

const run = { rounds: 3, say: () => {}, signal: new AbortController().signal };

test('each round measures all sides and begins with another one', async () => {
  const order: string[] = [];
  const side = (name: string) => async (round: number) => {
    order.push(name);
    return round;
  };
  const measured = await interleaved(run, { ours: side('ours'), theirs: side('theirs') });
  deepStrictEqual(measured, { ours: [0, 1, 2], theirs: [0, 1, 2] });
  deepStrictEqual(order, ['ours', 'theirs', 'theirs', 'ours', 'ours', 'theirs']);
});

test('nothing is measured any more once it is aborted', async () => {
  const signal = AbortSignal.abort(new Error('enough'));
  await rejects(interleaved({ ...run, signal }, { ours: async () => 1 }), /enough/);
});
