import { deepStrictEqual, rejects } from 'node:assert/strict';
import { before, test } from 'node:test';
import { answerTo } from '@conveyor/patterns/exercise';

/** A transaction on a table of keys and a list of effects: nothing of it counts unless `commit` is reached. */
interface Transaction {
  /** False when the key is there already. */
  insertKey(key: string): Promise<boolean>;
  commit(): Promise<void>;
  rollback(): Promise<void>;
}

interface Answer {
  /** Has `effect` happen once for each key. Rejects as `effect` does. */
  readonly once: (
    begin: () => Promise<Transaction>,
    key: string,
    effect: (transaction: Transaction) => Promise<void>,
  ) => Promise<'handled' | 'duplicate'>;
}

let once: Answer['once'];
before(async () => {
  ({ once } = await answerTo<Answer>(import.meta.url));
});

/** Keeps what was committed, and tells in which order things were done. */
function database() {
  const keys = new Set<string>();
  const told: string[] = [];
  const begin = async (): Promise<Transaction> => {
    const mine = new Set<string>();
    told.push('begin');
    return {
      async insertKey(key) {
        if (keys.has(key)) return false;
        mine.add(key);
        return true;
      },
      async commit() {
        for (const key of mine) keys.add(key);
        told.push('commit');
      },
      async rollback() {
        told.push('rollback');
      },
    };
  };
  const effect = async () => void told.push('effect');
  return { begin, effect, told, keys };
}

test('key and effect are one transaction', async () => {
  const { begin, effect, told, keys } = database();
  deepStrictEqual(await once(begin, 'a', effect), 'handled');
  deepStrictEqual([told, [...keys]], [['begin', 'effect', 'commit'], ['a']]);
});

test('a second delivery has no effect, and leaves no transaction open', async () => {
  const { begin, effect, told } = database();
  await once(begin, 'a', effect);
  deepStrictEqual(await once(begin, 'a', effect), 'duplicate');
  deepStrictEqual(told.filter((what) => what === 'effect').length, 1);
  deepStrictEqual(told.filter((what) => what !== 'begin' && what !== 'effect').length, 2);
});

test('an effect that fails leaves no key: the next delivery is handled', async () => {
  const { begin, effect, told, keys } = database();
  await rejects(
    once(begin, 'a', () => Promise.reject(new Error('no'))),
    /no/,
  );
  deepStrictEqual([told, [...keys]], [['begin', 'rollback'], []]);
  deepStrictEqual(await once(begin, 'a', effect), 'handled');
});
