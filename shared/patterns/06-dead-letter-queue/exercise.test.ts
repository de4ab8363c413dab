import { deepStrictEqual } from 'node:assert/strict';
import { before, test } from 'node:test';
import { answerTo } from '@conveyor/patterns/exercise';

interface Failed {
  /** The number of the try that failed; the first is 1. */
  readonly attempt: number;
  readonly kind: 'permanent' | 'transient' | 'infrastructure';
}

type Step =
  | { readonly do: 'wait'; readonly ms: number; readonly attempt: number }
  | { readonly do: 'set aside' }
  | { readonly do: 'repeat' };

interface Answer {
  /** What becomes of a message that failed. `waitsMs`: the waits before the second try, the third, … */
  readonly afterFailure: (failed: Failed, waitsMs: readonly number[]) => Step;
}

let afterFailure: Answer['afterFailure'];
before(async () => {
  ({ afterFailure } = await answerTo<Answer>(import.meta.url));
});

const waitsMs = [1_000, 5_000];

test('what may work later waits, longer each time, and its counter grows', () => {
  deepStrictEqual(afterFailure({ attempt: 1, kind: 'transient' }, waitsMs), {
    do: 'wait',
    ms: 1_000,
    attempt: 2,
  });
  deepStrictEqual(afterFailure({ attempt: 2, kind: 'transient' }, waitsMs), {
    do: 'wait',
    ms: 5_000,
    attempt: 3,
  });
});

test('when no wait is left it is set aside', () => {
  deepStrictEqual(afterFailure({ attempt: 3, kind: 'transient' }, waitsMs), { do: 'set aside' });
  deepStrictEqual(afterFailure({ attempt: 1, kind: 'transient' }, []), { do: 'set aside' });
});

test('a message that is at fault itself is not tried again', () => {
  deepStrictEqual(afterFailure({ attempt: 1, kind: 'permanent' }, waitsMs), { do: 'set aside' });
});

test('what is not the fault of the message is repeated and not counted, even at the last try', () => {
  deepStrictEqual(afterFailure({ attempt: 3, kind: 'infrastructure' }, waitsMs), { do: 'repeat' });
});
