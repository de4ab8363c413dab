import { deepStrictEqual, rejects, strictEqual } from 'node:assert/strict';
import { test } from 'node:test';
import { interleaved } from './interleaved.ts';

const run = { rounds: 4, say: () => {}, signal: new AbortController().signal };

/** The names of the sides in the order in which they were measured, round by round. */
async function orderOf(names: readonly string[], rounds: number): Promise<readonly (readonly string[])[]> {
  const order: string[][] = Array.from({ length: rounds }, () => []);
  const side = (name: string) => async (round: number) => order[round]?.push(name) ?? 0;
  await interleaved({ ...run, rounds }, Object.fromEntries(names.map((name) => [name, side(name)])));
  return order;
}

const timesOf = (values: readonly string[]) =>
  [...Map.groupBy(values, (value) => value).values()].map(({ length }) => length);

test('each round measures all sides, and of two each begins as often as the other', async () => {
  const measured = await interleaved(run, {
    ours: async (round) => round,
    theirs: async (round) => round + 10,
  });
  deepStrictEqual(measured, { ours: [0, 1, 2, 3], theirs: [10, 11, 12, 13] });
  deepStrictEqual(await orderOf(['ours', 'theirs'], 4), [
    ['ours', 'theirs'],
    ['theirs', 'ours'],
    ['theirs', 'ours'],
    ['ours', 'theirs'],
  ]);
});

for (const [count, rounds] of [
  [2, 6],
  [3, 6],
  [4, 4],
  [6, 6],
] as const) {
  test(`in ${rounds} rounds each of ${count} sides is at each position, and after each other one, equally often`, async () => {
    const names = Array.from({ length: count }, (_, n) => `side ${n}`);
    const order = await orderOf(names, rounds);
    for (const round of order) deepStrictEqual(round.toSorted(), names);
    const positions = timesOf(order.flatMap((round) => round.map((name, n) => `${name} at ${n}`)));
    deepStrictEqual(positions, Array(count * count).fill(rounds / count));
    const pairs = timesOf(
      order.flatMap((round) => round.slice(1).map((name, n) => `${name} after ${round[n]}`)),
    );
    deepStrictEqual(pairs, Array(count * (count - 1)).fill(rounds / count));
  });
}

test('no side begins before what the one before it has left is done', async () => {
  const seen: string[] = [];
  const side = (name: string) => async () => seen.push(name);
  const atRest = async () => {
    await new Promise((resolve) => setImmediate(resolve));
    seen.push('at rest');
  };
  await interleaved({ ...run, rounds: 1 }, { ours: side('ours'), theirs: side('theirs') }, atRest);
  deepStrictEqual(seen, ['at rest', 'ours', 'at rest', 'theirs']);
});

test('nothing is measured any more once it is aborted', async () => {
  let measured = 0;
  const signal = AbortSignal.abort(new Error('enough'));
  await rejects(interleaved({ ...run, signal }, { ours: async () => ++measured }), /enough/);
  strictEqual(measured, 0);
});
