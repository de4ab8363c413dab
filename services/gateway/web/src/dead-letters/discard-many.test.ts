import { deepStrictEqual, rejects, strictEqual } from 'node:assert/strict';
import { test } from 'node:test';
import { discardMany } from './discard-many.ts';

/** Letters by number, listed newest first, three at a time; `discard` is told of each that is to go. */
function desk(count: number, discard: (id: number) => void = () => {}) {
  const waiting = new Set(Array.from({ length: count }, (_, n) => n));
  const stop = new AbortController();
  let discarded = 0;
  const run = () =>
    discardMany({
      list: async (cursor) => {
        const after = [...waiting]
          .sort((a, b) => b - a)
          .filter((n) => cursor === undefined || n < Number(cursor));
        const ids = after.slice(0, 3).map(String);
        return { ids, nextCursor: after.length > 3 ? ids.at(-1) : undefined };
      },
      discard: async (id) => {
        discard(Number(id));
        return waiting.delete(Number(id));
      },
      onDiscarded: () => {
        discarded += 1;
      },
      signal: stop.signal,
    });
  return { run, waiting, stop, discarded: () => discarded };
}

test('page after page is discarded; what somebody has dealt with meanwhile is not counted', async () => {
  const { run, waiting, discarded } = desk(7, (id) => {
    if (id === 6) waiting.delete(4);
  });
  await run();
  deepStrictEqual([discarded(), waiting.size], [6, 0]);
});

test('what arrives meanwhile stays', async () => {
  const { run, waiting, discarded } = desk(7, (id) => void waiting.add(id + 100));
  await run();
  strictEqual(discarded(), 7);
  deepStrictEqual(
    [...waiting].sort((a, b) => a - b),
    [100, 101, 102, 103, 104, 105, 106],
  );
});

test('stopped, it discards none any more', async () => {
  const { run, waiting, stop, discarded } = desk(7, (id) => {
    if (id === 5) stop.abort();
  });
  await run();
  deepStrictEqual([discarded(), waiting.size], [2, 5]);
});

test('when one fails it is known how many were discarded before', async () => {
  const { run, discarded } = desk(7, (id) => {
    if (id === 2) throw new Error('no answer');
  });
  await rejects(run(), /no answer/);
  strictEqual(discarded(), 4);
});

test('nothing is nothing', async () => {
  const { run, discarded } = desk(0);
  await run();
  strictEqual(discarded(), 0);
});
