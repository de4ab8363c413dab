import assert from 'node:assert/strict';
import { test } from 'node:test';
import { OffsetTracker } from './offset-tracker.ts';

const end = 1_000n;

function tracking(...offsets: bigint[]): OffsetTracker {
  const tracker = new OffsetTracker(100, end);
  for (const offset of offsets) tracker.take(offset);
  return tracker;
}

test('the offset to commit is the one after the last message that is done', () => {
  assert.equal(tracking(7n, 8n).done(7n), 8n);
});

test('a message that is done while an earlier one is in hand moves nothing', () => {
  const tracker = tracking(1n, 2n, 3n);
  assert.equal(tracker.done(3n), undefined);
  assert.equal(tracker.done(2n), undefined);
  assert.equal(tracker.done(1n), 4n);
});

test('gaps in the offsets, as compaction leaves them, are passed over', () => {
  const tracker = tracking(1n, 5n, 9n);
  assert.equal(tracker.done(1n), 2n);
  assert.equal(tracker.done(9n), undefined);
  assert.equal(tracker.done(5n), 10n);
});

test('whatever is not known to be committed takes room, done or not: it would be handled again after a crash', () => {
  const tracker = new OffsetTracker(2, end);
  tracker.take(1n);
  tracker.take(2n);
  tracker.done(2n);
  assert.deepEqual([tracker.size, tracker.uncommitted, tracker.hasRoom], [2, 0, false]);
  tracker.done(1n);
  assert.deepEqual([tracker.size, tracker.uncommitted, tracker.hasRoom], [2, 2, false]);
  tracker.committed(2n);
  assert.deepEqual([tracker.size, tracker.uncommitted, tracker.hasRoom], [1, 1, true]);
  tracker.committed(3n);
  assert.equal(tracker.size, 0);
});

test('the first messages may have been taken before, as many as may be in hand, if they were there already', () => {
  const tracker = new OffsetTracker(3, 14n);
  const repeated = [10n, 11n, 13n, 14n].map((offset) => {
    const before = tracker.mayBeRepeated(offset);
    tracker.take(offset);
    return before;
  });
  assert.deepEqual(repeated, [true, true, true, false]);

  const fresh = new OffsetTracker(3, 14n);
  fresh.take(13n);
  assert.equal(fresh.mayBeRepeated(14n), false, 'stored after the beginning');
});

test('nothing that was ever taken and not committed is held to be new by the next one', () => {
  for (let round = 0; round < 200; round++) {
    const [taken, committed] = [new Set<bigint>(), [0n]];
    const first = new OffsetTracker(5, 0n);
    const inHand: bigint[] = [];
    for (let step = 0, next = 0n; step < 60; step++) {
      const choice = Math.random();
      if (choice < 0.5 && first.hasRoom) {
        first.take(next);
        taken.add(next);
        inHand.push(next++);
      } else if (inHand.length > 0) {
        const [offset = 0n] = inHand.splice(Math.floor(Math.random() * inHand.length), 1);
        const watermark = first.done(offset);
        if (watermark !== undefined && choice > 0.7) {
          first.committed(watermark);
          committed.push(watermark);
        }
      }
    }
    const next = new OffsetTracker(5, BigInt(taken.size));
    for (let offset = committed.at(-1) ?? 0n; offset < BigInt(taken.size) + 5n; offset++) {
      if (taken.has(offset)) assert.ok(next.mayBeRepeated(offset), `${offset} of ${taken.size}`);
      next.take(offset);
    }
  }
});

test('in whatever order messages are done, nothing is committed past one in hand, and all in the end', () => {
  for (let round = 0; round < 200; round++) {
    const offsets = Array.from({ length: 12 }, (_, at) => BigInt(at * 3));
    const tracker = tracking(...offsets);
    const inHand = new Set(offsets);
    let committed: bigint | undefined;
    for (const offset of offsets.toSorted(() => Math.random() - 0.5)) {
      inHand.delete(offset);
      const watermark = tracker.done(offset);
      if (watermark === undefined) continue;
      assert.ok([...inHand].every((other) => other >= watermark));
      assert.ok(committed === undefined || watermark > committed);
      committed = watermark;
    }
    assert.equal(committed, 34n);
  }
});
