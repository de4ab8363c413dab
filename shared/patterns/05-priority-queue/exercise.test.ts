import { deepStrictEqual, ok } from 'node:assert/strict';
import { before, test } from 'node:test';
import { answerTo } from '@conveyor/patterns/exercise';

type PerLevel = Readonly<Record<string, number>>;

interface Answer {
  /** Of the function that it answers: `waiting`, level → how many wait; which level's message is begun next, undefined for none. */
  readonly createChooser: (shares: PerLevel) => (waiting: PerLevel) => string | undefined;
}

let createChooser: Answer['createChooser'];
before(async () => {
  ({ createChooser } = await answerTo<Answer>(import.meta.url));
});

const shares = { high: 9, normal: 3, low: 1 };
const all = { high: 1_000, normal: 1_000, low: 1_000 };

/** How many of each level are among the next `count` that are begun, while `waiting` stays as it is. */
function begin(next: (waiting: PerLevel) => string | undefined, waiting: PerLevel, count: number): PerLevel {
  const begun: Record<string, number> = { high: 0, normal: 0, low: 0 };
  for (let n = 0; n < count; n++) {
    const level = next(waiting);
    if (level !== undefined) begun[level] = (begun[level] ?? 0) + 1;
  }
  return begun;
}

test('of 13 messages 9 are high, 3 normal and 1 low while all have a backlog', () => {
  deepStrictEqual(begin(createChooser(shares), all, 13), { high: 9, normal: 3, low: 1 });
  deepStrictEqual(begin(createChooser(shares), all, 130), { high: 90, normal: 30, low: 10 });
});

test('whoever is alone has everything', () => {
  const alone = { high: 0, normal: 0, low: 20 };
  deepStrictEqual(begin(createChooser(shares), alone, 20), { high: 0, normal: 0, low: 20 });
});

test('nothing is begun when nothing waits', () => {
  const nothing = { high: 0, normal: 0, low: 0 };
  deepStrictEqual(begin(createChooser(shares), nothing, 5), { high: 0, normal: 0, low: 0 });
});

test('what somebody had while he was alone is not held against him, nor saved up for the others', () => {
  for (const alone of ['high', 'low']) {
    const next = createChooser(shares);
    begin(next, { ...{ high: 0, normal: 0, low: 0 }, [alone]: 1_000 }, 1_000);
    const { high = 0, low = 0 } = begin(next, all, 26);
    ok(high >= 16 && high <= 20, `after ${alone} was alone, ${high} of 26 were high`);
    ok(low >= 1 && low <= 3, `after ${alone} was alone, ${low} of 26 were low`);
  }
});
