import { equal } from 'node:assert/strict';
import { before, test } from 'node:test';
import { answerTo } from '@conveyor/patterns/exercise';

/** A message in a topic whose messages all wait for `delayMs`. Times are milliseconds since 1970. */
interface Waiting {
  /** By the clock of the sender; undefined: it does not say. */
  readonly due: number | undefined;
  /** By the clock of the broker. */
  readonly storedAt: number;
  readonly delayMs: number;
}

interface Answer {
  /** How many ms a consumer leaves the partition alone, of which this message is the head; 0: it is handled now. */
  readonly pauseFor: (head: Waiting, now: number) => number;
}

let pauseFor: Answer['pauseFor'];
before(async () => {
  ({ pauseFor } = await answerTo<Answer>(import.meta.url));
});

const storedAt = 1_000_000;
const delayMs = 5_000;

test('a message that is not due waits for what is left', () => {
  equal(pauseFor({ due: storedAt + 4_900, storedAt, delayMs }, storedAt + 1_000), 3_900);
});

test('one that is due is handled now, however late', () => {
  equal(pauseFor({ due: storedAt + 4_900, storedAt, delayMs }, storedAt + 4_900), 0);
  equal(pauseFor({ due: storedAt + 4_900, storedAt, delayMs }, storedAt + 900_000), 0);
});

test('one that says no time holds nobody up', () => {
  equal(pauseFor({ due: undefined, storedAt, delayMs }, storedAt), 0);
});

test('a sender whose clock is a day ahead holds the partition no longer than the delay after the storing', () => {
  const due = storedAt + 86_400_000;
  equal(pauseFor({ due, storedAt, delayMs }, storedAt + 1_000), 4_000);
  equal(pauseFor({ due, storedAt, delayMs }, storedAt + 5_000), 0);
});
