import assert from 'node:assert/strict';
import { test } from 'node:test';
import { newTopic } from './new-topic.ts';

const hour = 3_600_000;

/** Looks that find these, one after another; the last one again and again. Whoever is away answers with an error. */
function looks(...answers: readonly (readonly string[] | 'away')[]) {
  let count = 0;
  const find = async (): Promise<readonly string[]> => {
    const answer = answers[Math.min(count++, answers.length - 1)];
    if (!answer || answer === 'away') throw new Error('not connected');
    return answer;
  };
  return { find, count: () => count };
}

test('a look that fails is repeated soon, not only when the next one would have been', async () => {
  const { find, count } = looks('away', 'away', ['a', 'b']);
  assert.equal(await newTopic(['a'], find, hour, new AbortController().signal), true);
  assert.equal(count(), 3);
});

test('a server that learns of the topic late is asked again', async () => {
  const { find, count } = looks(['a'], ['a'], ['a'], ['a', 'b']);
  assert.equal(await newTopic(['a'], find, 1, new AbortController().signal), true);
  assert.equal(count(), 4);
});

test('a topic that is gone is no reason to begin anew', async () => {
  const over = new AbortController();
  const { find, count } = looks(['a']);
  const looking = newTopic(['a', 'gone'], find, hour, over.signal);
  over.abort();
  assert.equal(await looking, false);
  assert.equal(count(), 1);
});

for (const [what, first] of Object.entries({ away: 'away', 'without news': ['a'] } as const)) {
  test(`the looking ends at once with the assignment, while Kafka is ${what}`, async () => {
    const over = new AbortController();
    const { find, count } = looks(first);
    const looking = newTopic(['a'], find, hour, over.signal);
    over.abort();
    assert.equal(await looking, false);
    assert.ok(count() <= 1);
  });
}

test('news that comes after the end of the assignment is none', async () => {
  const over = new AbortController();
  const answer = Promise.withResolvers<readonly string[]>();
  const looking = newTopic(['a'], () => answer.promise, hour, over.signal);
  over.abort();
  answer.resolve(['a', 'b']);
  assert.equal(await looking, false);
});
