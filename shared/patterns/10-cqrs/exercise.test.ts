import { deepStrictEqual, strictEqual } from 'node:assert/strict';
import { before, test } from 'node:test';
import { answerTo } from '@conveyor/patterns/exercise';

interface Event {
  readonly version: number;
  readonly status: string;
}

/** `statuses`: all that the order has been, the oldest first. */
interface Document {
  readonly version: number;
  readonly statuses: readonly string[];
}

interface Answer {
  /** The whole document after the event; the same one if that is in it already; `gap` if one before it is missing. */
  readonly next: (document: Document | undefined, event: Event) => Document | 'gap';
}

let next: Answer['next'];
before(async () => {
  ({ next } = await answerTo<Answer>(import.meta.url));
});

const created = { version: 1, status: 'created' };
const paid = { version: 2, status: 'paid' };
const completed = { version: 3, status: 'completed' };
const document = { version: 2, statuses: ['created', 'paid'] };

test('the first event makes the document, the next one goes on with it', () => {
  deepStrictEqual(next(undefined, created), { version: 1, statuses: ['created'] });
  deepStrictEqual(next({ version: 1, statuses: ['created'] }, paid), document);
});

test('an event that comes again, or late, changes nothing', () => {
  strictEqual(next(document, paid), document);
  strictEqual(next(document, created), document);
});

test('across a gap no document goes on, and none begins', () => {
  strictEqual(next({ version: 1, statuses: ['created'] }, completed), 'gap');
  strictEqual(next(undefined, paid), 'gap');
});

test('a document that somebody else may be reading is not changed', () => {
  next(document, completed);
  deepStrictEqual(document, { version: 2, statuses: ['created', 'paid'] });
});
