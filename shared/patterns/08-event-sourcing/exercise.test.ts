import { deepStrictEqual, throws } from 'node:assert/strict';
import { before, test } from 'node:test';
import { answerTo } from '@conveyor/patterns/exercise';

interface Event {
  readonly version: number;
  readonly type: 'paid-in' | 'paid-out';
  readonly amount: number;
}

/** How much there is, after the event with this version. */
interface Account {
  readonly version: number;
  readonly balance: number;
}

interface Answer {
  /** The account after `events`, oldest first, on top of `snapshot`. Throws when an event is missing. */
  readonly account: (snapshot: Account, events: readonly Event[]) => Account;
}

let account: Answer['account'];
before(async () => {
  ({ account } = await answerTo<Answer>(import.meta.url));
});

const nothing = { version: 0, balance: 0 };
const first: Event = { version: 1, type: 'paid-in', amount: 100 };
const second: Event = { version: 2, type: 'paid-out', amount: 30 };
const third: Event = { version: 3, type: 'paid-in', amount: 5 };

test('what an account is follows from what happened to it', () => {
  deepStrictEqual(account(nothing, []), nothing);
  deepStrictEqual(account(nothing, [first, second, third]), { version: 3, balance: 75 });
});

test('an event that comes twice counts once', () => {
  deepStrictEqual(account(nothing, [first, first, second, first]), { version: 2, balance: 70 });
});

test('what is in the snapshot already is passed over', () => {
  deepStrictEqual(account({ version: 2, balance: 70 }, [first, second, third]), { version: 3, balance: 75 });
});

test('where an event is missing nothing is guessed', () => {
  throws(() => account(nothing, [first, third]));
  throws(() => account({ version: 1, balance: 100 }, [third]));
});
