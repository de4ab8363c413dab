import { deepStrictEqual } from 'node:assert/strict';
import { before, test } from 'node:test';
import { answerTo } from '@conveyor/patterns/exercise';

interface Row {
  readonly id: number;
}

/** What the broker said about a row: stored, or not known to be stored. */
type Said = 'confirmed' | 'failed';

interface Answer {
  /** After a batch in the order of ids: which rows may be deleted. The others stay, and are sent again, later. */
  readonly deletable: (batch: readonly Row[], said: readonly (Said | undefined)[]) => readonly number[];
  /** The next batch: at most `limit` of the rows that can be seen now. `lastSeen` is the highest id of the batch before. */
  readonly nextBatch: (visible: readonly Row[], lastSeen: number, limit: number) => readonly number[];
}

let answer: Answer;
before(async () => {
  answer = await answerTo<Answer>(import.meta.url);
});

const rows = (...ids: number[]): Row[] => ids.map((id) => ({ id }));

test('what the broker has confirmed is deleted', () => {
  deepStrictEqual(answer.deletable(rows(1, 2), ['confirmed', 'confirmed']), [1, 2]);
});

test('what failed stays, and so does what the broker never answered about', () => {
  deepStrictEqual(answer.deletable(rows(1, 2, 3), ['failed', 'confirmed', undefined]), [2]);
});

test('a row that is committed late is sent, though higher ids were sent before it', () => {
  deepStrictEqual(answer.nextBatch(rows(4, 9), 8, 10), [4, 9]);
});

test('the lowest ids come first, whatever order they are seen in, and no more than the limit', () => {
  deepStrictEqual(answer.nextBatch(rows(12, 9, 10), 0, 2), [9, 10]);
});
