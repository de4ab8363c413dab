import assert from 'node:assert/strict';
import { test } from 'node:test';
import { OffsetTracker } from './offset-tracker.ts';

function tracking(...offsets: bigint[]): OffsetTracker {
  const tracker = new OffsetTracker(100);
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

test('what is done above the watermark takes room as well: it would be handled again after a crash', () => {
  const tracker = new OffsetTracker(2);
  tracker.take(1n);
  tracker.take(2n);
  tracker.done(2n);
  assert.equal(tracker.hasRoom, false);
  tracker.done(1n);
  assert.equal(tracker.size, 0);
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
