import { deepStrictEqual, strictEqual } from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { createTestDatabase, type TestDatabase } from '@conveyor/testing/test-database';
import { findSaga, lockOverdueSagas, lockSaga, saveSaga } from './saga-store.ts';

const schema = readFileSync(new URL('schema.sql', import.meta.url), 'utf8');
let database: TestDatabase;

before(async () => {
  database = await createTestDatabase([schema]);
});
after(() => database.drop());

interface State {
  readonly id: string;
  readonly awaiting?: string;
  readonly steps: number;
}

const cause = { correlationid: 'c-1', broker: 'kafka' };

/** A message of the saga: one step more. */
function step(id: string, whileLocked: () => Promise<unknown> = async () => {}): Promise<void> {
  return database.transaction(async (tx) => {
    const known = await lockSaga<State>(tx, id);
    await whileLocked();
    const state: State = { id, steps: (known?.steps ?? 0) + 1 };
    await saveSaga(tx, { state, status: 'running', cause });
  });
}

async function saved(limitMs?: number): Promise<State> {
  const state = { id: randomUUID(), awaiting: randomUUID(), steps: 1 };
  await database.transaction(async (tx) => {
    await lockSaga(tx, state.id);
    await saveSaga(tx, { state, status: 'running', ...(limitMs !== undefined && { limitMs }), cause });
  });
  return state;
}

test('the schema can be applied again', async () => {
  await database.query(schema);
});

test('a saga that nobody has heard of has no state, also when it has been locked', async () => {
  const id = randomUUID();
  strictEqual(await findSaga(database, id), undefined);
  strictEqual(await database.transaction((tx) => lockSaga(tx, id)), undefined);
  strictEqual(await findSaga(database, id), undefined);
  strictEqual(await database.transaction((tx) => lockSaga(tx, id)), undefined);
});

test('what is saved is found again', async () => {
  const state = await saved();
  deepStrictEqual(await findSaga(database, state.id), state);
  deepStrictEqual(await database.transaction((tx) => lockSaga(tx, state.id)), state);
});

for (const [what, prepare] of [
  ['a new saga', async () => {}],
  ['a known saga', step],
] as const) {
  test(`two messages of ${what} at the same time take turns: the second sees what the first one did`, async () => {
    const id = randomUUID();
    await prepare(id);
    const before = (await findSaga<State>(database, id))?.steps ?? 0;
    const isLocked = Promise.withResolvers<void>();
    const first = step(id, async () => {
      isLocked.resolve();
      await database.blocked(1);
    });
    await isLocked.promise;
    await Promise.all([first, step(id)]);
    strictEqual((await findSaga<State>(database, id))?.steps, before + 2);
  });
}

test('when the first message of a new saga is rolled back the second begins it', async () => {
  const id = randomUUID();
  const isLocked = Promise.withResolvers<void>();
  const first = step(id, async () => {
    isLocked.resolve();
    await database.blocked(1);
    throw new Error('rolled back');
  }).catch(() => {});
  await isLocked.promise;
  await Promise.all([first, step(id)]);
  strictEqual((await findSaga<State>(database, id))?.steps, 1);
});

test('overdue are those whose limit is over: not the timeless, not what another transaction holds', async () => {
  await saved();
  await saved(60_000);
  const [first, second, held] = [await saved(-3_000), await saved(-2_000), await saved(-1_000)];
  const overdue = await database.transaction(async (holder) => {
    await lockSaga(holder, held.id);
    return database.transaction(async (tx) => {
      await tx.query("set local lock_timeout = '5s'");
      return lockOverdueSagas<State, typeof cause>(tx, 10);
    });
  });
  deepStrictEqual(overdue, [
    { state: first, command: first.awaiting, cause },
    { state: second, command: second.awaiting, cause },
  ]);
  const atMost = await database.transaction((tx) => lockOverdueSagas<State, typeof cause>(tx, 1));
  deepStrictEqual(
    atMost.map(({ state }) => state.id),
    [first.id],
  );
});
