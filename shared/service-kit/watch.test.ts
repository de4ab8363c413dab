import { deepStrictEqual, strictEqual } from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import { test } from 'node:test';
import { createWatch } from './watch.ts';

const long = 60_000;

test('who waits is let go by what is told of his order, by the end of his time, or when he has gone', async () => {
  const watch = createWatch();
  const gone = new AbortController();
  const leftBy: string[] = [];
  const wait = (why: string, orderId: string, timeoutMs: number, signal: AbortSignal) =>
    watch.told(orderId, timeoutMs, signal).then(() => leftBy.push(why));
  const { signal } = new AbortController();
  const waiting = [
    wait('told', 'a', long, signal),
    wait('time', 'b', 1, signal),
    wait('gone', 'c', long, gone.signal),
  ];
  watch.tell('a');
  gone.abort();
  await Promise.all(waiting);
  deepStrictEqual(leftBy.toSorted(), ['gone', 'time', 'told']);
  // Nothing stays behind at a signal that lives for longer.
  strictEqual(getEventListeners(signal, 'abort').length, 0);
});

test('nobody waits any more once all have been released', async () => {
  const watch = createWatch();
  const { signal } = new AbortController();
  const waiting = watch.told('a', long, signal);
  watch.releaseAll();
  await waiting;
  strictEqual(watch.released, true);
});
