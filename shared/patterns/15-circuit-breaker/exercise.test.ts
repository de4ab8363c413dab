import { deepStrictEqual } from 'node:assert/strict';
import { before, test } from 'node:test';
import { answerTo } from '@conveyor/patterns/exercise';

type Circuit =
  | { readonly state: 'closed'; readonly failures: number }
  | { readonly state: 'open'; readonly until: number }
  /** `since`: when the one call began that tries. */
  | { readonly state: 'half-open'; readonly since: number };

type Event =
  /** Somebody wants to call, and does so at once if he may. */
  | { readonly kind: 'asked'; readonly at: number }
  /** `began`: when he had asked for that call. */
  | { readonly kind: 'worked' | 'failed'; readonly at: number; readonly began: number };

interface Answer {
  /**
   * Opens after three failures in a row for 1,000 ms; then one call may try. Times in ms. `mayCall`: whether whoever has
   * asked may call; false after any other event.
   */
  readonly next: (circuit: Circuit, event: Event) => { readonly circuit: Circuit; readonly mayCall: boolean };
}

let next: Answer['next'];
before(async () => {
  ({ next } = await answerTo<Answer>(import.meta.url));
});

const closed: Circuit = { state: 'closed', failures: 0 };
const open: Circuit = { state: 'open', until: 1_003 };
const after = (from: Circuit, ...events: readonly Event[]) =>
  events.reduce((now, event) => next(now, event).circuit, from);
const failed = (at: number, began = at): Event => ({ kind: 'failed', at, began });
const worked = (at: number, began = at): Event => ({ kind: 'worked', at, began });
const asked = (at: number): Event => ({ kind: 'asked', at });

test('closed, everybody may call', () => {
  deepStrictEqual(next(closed, asked(1)), { circuit: closed, mayCall: true });
});

test('three failures in a row open it, counted from the last', () => {
  deepStrictEqual(after(closed, failed(1), failed(2), failed(3)), open);
});

test('a success in between begins the count anew', () => {
  deepStrictEqual(after(closed, failed(1), failed(2), worked(3), failed(4), failed(5)), {
    state: 'closed',
    failures: 2,
  });
});

test('open, it lets nobody call until its time is over, and then one', () => {
  deepStrictEqual(next(open, asked(1_002)), { circuit: open, mayCall: false });
  deepStrictEqual(next(open, asked(1_003)), {
    circuit: { state: 'half-open', since: 1_003 },
    mayCall: true,
  });
});

test('while one tries, nobody else may call', () => {
  const trying = after(open, asked(1_003));
  deepStrictEqual(next(trying, asked(1_004)), { circuit: trying, mayCall: false });
});

test('a call that began before it opened neither closes nor prolongs it', () => {
  deepStrictEqual(next(open, worked(500, 0)), { circuit: open, mayCall: false });
  deepStrictEqual(next(open, failed(500, 0)), { circuit: open, mayCall: false });
});

test('nor does it, when it ends while another one tries', () => {
  const trying = after(open, asked(1_003));
  deepStrictEqual(after(trying, worked(1_500, 0)), trying);
  deepStrictEqual(after(trying, failed(1_500, 0)), trying);
});

test('one try decides: it closes, or opens for another while', () => {
  const trying = after(open, asked(1_003));
  deepStrictEqual(after(trying, worked(2_000, 1_003)), closed);
  deepStrictEqual(after(trying, failed(2_000, 1_003)), { state: 'open', until: 3_000 });
});
