import { deepStrictEqual } from 'node:assert/strict';
import { before, test } from 'node:test';
import { answerTo } from '@conveyor/patterns/exercise';

interface Answer {
  /** Which level's message is begun next. `waiting`: level → how many wait. `begun`: the levels of those begun so far. */
  readonly next: (
    waiting: Readonly<Record<string, number>>,
    begun: readonly string[],
    shares: Readonly<Record<string, number>>,
  ) => string | undefined;
}

let next: Answer['next'];
before(async () => {
  ({ next } = await answerTo<Answer>(import.meta.url));
});

const shares = { high: 9, normal: 3, low: 1 };

function begin(backlog: Readonly<Record<string, number>>, atMost: number): Readonly<Record<string, number>> {
  const waiting: Record<string, number> = { ...backlog };
  const begun: string[] = [];
  while (begun.length < atMost) {
    const level = next(waiting, begun, shares);
    if (level === undefined) break;
    waiting[level] = (waiting[level] ?? 0) - 1;
    begun.push(level);
  }
  const count = (level: string) => begun.filter((other) => other === level).length;
  return { high: count('high'), normal: count('normal'), low: count('low') };
}

test('of 13 messages 9 are high, 3 normal and 1 low while all have a backlog', () => {
  deepStrictEqual(begin({ high: 100, normal: 100, low: 100 }, 13), { high: 9, normal: 3, low: 1 });
  deepStrictEqual(begin({ high: 100, normal: 100, low: 100 }, 130), { high: 90, normal: 30, low: 10 });
});

test('whoever is alone has everything', () => {
  deepStrictEqual(begin({ high: 0, normal: 0, low: 20 }, 20), { high: 0, normal: 0, low: 20 });
});

test('nothing is begun when nothing waits', () => {
  deepStrictEqual(begin({ high: 0, normal: 0, low: 0 }, 5), { high: 0, normal: 0, low: 0 });
});
