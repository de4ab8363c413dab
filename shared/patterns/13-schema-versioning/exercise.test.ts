import { deepStrictEqual, strictEqual } from 'node:assert/strict';
import { before, test } from 'node:test';
import { answerTo } from '@conveyor/patterns/exercise';

/** `readableBy`: the oldest version whose readers can read it; absent: only those of `version`. */
interface Stated {
  readonly version: number;
  readonly readableBy?: number;
}

/** In cents. */
interface Payment {
  readonly amount: number;
  readonly currency: string;
}

interface Answer {
  /** Knows version 1, `{amount}`, always in euros (EUR), and version 2, `{amount, currency}`. */
  readonly read: (stated: Stated, body: object) => Payment | 'dead letter';
}

let read: Answer['read'];
before(async () => {
  ({ read } = await answerTo<Answer>(import.meta.url));
});

test('both versions come out as the newest', () => {
  deepStrictEqual(read({ version: 1 }, { amount: 1900 }), { amount: 1900, currency: 'EUR' });
  deepStrictEqual(read({ version: 2 }, { amount: 1900, currency: 'GBP' }), { amount: 1900, currency: 'GBP' });
});

test('a body is read as the version that it states, never by trial', () => {
  strictEqual(read({ version: 2 }, { amount: 1900 }), 'dead letter');
  deepStrictEqual(read({ version: 1 }, { amount: 1900, currency: 'GBP' }), { amount: 1900, currency: 'EUR' });
});

test('a newer version is taken only if its writer says that it can be read', () => {
  const body = { amount: 1900, currency: 'GBP', tax: 300 };
  strictEqual(read({ version: 3 }, body), 'dead letter');
  strictEqual(read({ version: 4, readableBy: 3 }, body), 'dead letter');
  deepStrictEqual(read({ version: 3, readableBy: 2 }, body), { amount: 1900, currency: 'GBP' });
});

test('money that is no whole number of cents is nobody’s guess', () => {
  strictEqual(read({ version: 1 }, { amount: 19.5 }), 'dead letter');
  strictEqual(read({ version: 1 }, { amount: '1900' }), 'dead letter');
});
