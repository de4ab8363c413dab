import { deepStrictEqual } from 'node:assert/strict';
import { before, test } from 'node:test';
import { answerTo } from '@conveyor/patterns/exercise';

/** `failed`: nothing was done. `silent`: no answer came, and nobody knows whether it was done. */
type Outcome = 'done' | 'failed' | 'silent';

interface Answer {
  /**
   * What must be undone, in this order, after `steps` were begun one after the other with these outcomes; only the last
   * one may be other than `done`. Empty when there is nothing to undo.
   */
  readonly toUndo: (
    steps: readonly { readonly name: string; readonly outcome: Outcome }[],
  ) => readonly string[];
}

let toUndo: Answer['toUndo'];
before(async () => {
  ({ toUndo } = await answerTo<Answer>(import.meta.url));
});

const steps = (...outcomes: readonly Outcome[]) =>
  outcomes.map((outcome, at) => ({ name: ['reserve', 'charge', 'ship'][at] ?? '', outcome }));

test('when all was done nothing is undone', () => {
  deepStrictEqual(toUndo(steps('done', 'done')), []);
});

test('what failed did nothing: only what came before is undone', () => {
  deepStrictEqual(toUndo(steps('done', 'failed')), ['reserve']);
  deepStrictEqual(toUndo(steps('failed')), []);
});

test('what was done last is undone first', () => {
  deepStrictEqual(toUndo(steps('done', 'done', 'failed')), ['charge', 'reserve']);
});

test('a step that did not answer may have been done: it is undone, too, and first', () => {
  deepStrictEqual(toUndo(steps('done', 'done', 'silent')), ['ship', 'charge', 'reserve']);
  deepStrictEqual(toUndo(steps('silent')), ['reserve']);
});

test('what was handed in is left as it is', () => {
  const given = steps('done', 'done', 'failed');
  toUndo(given);
  deepStrictEqual(given, steps('done', 'done', 'failed'));
});
