import { deepStrictEqual, strictEqual } from 'node:assert/strict';
import { before, test } from 'node:test';
import { answerTo } from '@conveyor/patterns/exercise';

/** A line of a log: one message, and the message that led to it. */
interface Line {
  readonly id: string;
  readonly correlationid: string;
  readonly causationid?: string;
}

interface Answer {
  /**
   * The ids of a story, from the message that began it to the one that is asked about, each caused by the one before; as
   * far back as the log goes.
   */
  readonly wayTo: (id: string, log: readonly Line[]) => readonly string[];
}

let wayTo: Answer['wayTo'];
before(async () => {
  ({ wayTo } = await answerTo<Answer>(import.meta.url));
});

const log: readonly Line[] = [
  { id: 'paid', correlationid: 'ada', causationid: 'reserved' },
  { id: 'created', correlationid: 'ada' },
  { id: 'other', correlationid: 'bob' },
  { id: 'mailed', correlationid: 'ada', causationid: 'created' },
  { id: 'reserved', correlationid: 'ada', causationid: 'created' },
];

test('the way is told from its beginning, however the log is sorted, without the branches beside it', () => {
  deepStrictEqual(wayTo('paid', log), ['created', 'reserved', 'paid']);
});

test('what began a story is its own way', () => {
  deepStrictEqual(wayTo('other', log), ['other']);
});

test('of what is not in the log there is no way', () => {
  deepStrictEqual(wayTo('never', log), []);
});

test('where the log has lost a line, the way begins after the gap', () => {
  const gap = log.filter(({ id }) => id !== 'created');
  deepStrictEqual(wayTo('paid', gap), ['reserved', 'paid']);
});

test('a message that was delivered twice is told once, and a circle has an end', () => {
  deepStrictEqual(wayTo('paid', [...log, ...log]), ['created', 'reserved', 'paid']);
  const circle: readonly Line[] = [
    { id: 'a', correlationid: 'c', causationid: 'b' },
    { id: 'b', correlationid: 'c', causationid: 'a' },
  ];
  strictEqual(wayTo('a', circle).length, 2);
});
