import { deepStrictEqual } from 'node:assert/strict';
import { AsyncLocalStorage } from 'node:async_hooks';
import { test } from 'node:test';
import type { Database } from '@conveyor/patterns/transactional-outbox/tx';
import { groupCommit } from './group-commit.ts';

const asker = new AsyncLocalStorage<string>();

test('each piece of work is done in the context of whoever asked for it, alone or with others', async () => {
  const opened: string[] = [];
  const noteAs = (name: string): Database => ({
    async transaction(work) {
      opened.push(`${name} for ${asker.getStore()}`);
      return work({ query: async () => ({ rows: [], rowCount: 0 }) });
    },
  });
  const database = groupCommit(noteAs('one'), { lanes: 1, shared: noteAs('shared') });
  const ask = (name: string) =>
    asker.run(name, () =>
      database.transaction(async () => {
        await Promise.resolve();
        return asker.getStore();
      }),
    );
  // The first has a lane to itself, those behind it share the next one, and the last is alone again.
  const first = ['ada', 'bob', 'cyd'].map(ask);
  deepStrictEqual(await Promise.all(first), ['ada', 'bob', 'cyd']);
  deepStrictEqual(await ask('dan'), 'dan');
  deepStrictEqual(
    opened.map((each) => each.replace(/shared for .*/, 'shared')),
    ['one for ada', 'shared', 'one for dan'],
  );
});
