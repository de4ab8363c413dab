import { deepStrictEqual, strictEqual } from 'node:assert/strict';
import { before, test } from 'node:test';
import { answerTo } from '@conveyor/patterns/exercise';

type Circuit =
  | { readonly state: 'closed'; readonly failures: number }
  | { readonly state: 'open'; readonly until: number }
  | { readonly state: 'half-open' };

type Event =
  | { readonly kind: 'worked' | 'failed'; readonly at: number }
  /** Somebody wants to call. */
  | { readonly kind: 'asked'; readonly at: number };

interface Answer {
  /** Opens after three failures in a row for 1,000 ms; then one call may try. Times in ms. */
  readonly next: (circuit: Circuit, event: Event) => Circuit;
}

let next: Answer['next'];
before(async () => {
  ({ next } = await answerTo<Answer>(import.meta.url));
});

const closed: Circuit = { state: 'closed', failures: 0 };
const after = (from: Circuit, ...events: readonly Event[]) =>
  events.reduce((now, event) => next(now, event), from);
const failed = (at: number): Event => ({ kind: 'failed', at });
const worked = (at: number): Event => ({ kind: 'worked', at });
const asked = (at: number): Event => ({ kind: 'asked', at });

test('three failures in a row open it, counted from the last', () => {
  deepStrictEqual(after(closed, failed(1), failed(2), failed(3)), { state: 'open', until: 1_003 });
});

test('a success in between begins the count anew', () => {
  deepStrictEqual(after(closed, failed(1), failed(2), worked(3), failed(4), failed(5)), {
    state: 'closed',
    failures: 2,
  });
});

test('open, it stays so until its time is over, and then lets one call try', () => {
  const open: Circuit = { state: 'open', until: 1_003 };
  strictEqual(next(open, asked(1_002)).state, 'open');
  strictEqual(next(open, asked(1_003)).state, 'half-open');
});

test('a call that began before it opened neither closes nor prolongs it', () => {
  const open: Circuit = { state: 'open', until: 1_003 };
  deepStrictEqual(next(open, worked(500)), open);
  deepStrictEqual(next(open, failed(500)), open);
});

test('one try decides: it closes, or opens for another while', () => {
  deepStrictEqual(next({ state: 'half-open' }, worked(2_000)), closed);
  deepStrictEqual(next({ state: 'half-open' }, failed(2_000)), { state: 'open', until: 3_000 });
});
