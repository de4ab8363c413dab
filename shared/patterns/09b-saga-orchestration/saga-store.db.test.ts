import { deepStrictEqual, strictEqual } from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { createTestDatabase, type TestDatabase } from '@conveyor/testing/test-database';
import {
  countStuckSagas,
  findSaga,
  lockOverdueSagas,
  lockSaga,
  postponeLimits,
  saveSaga,
} from './saga-store.ts';

const schema = readFileSync(new URL('schema.sql', import.meta.url), 'utf8');
let database: TestDatabase;

before(async () => {
  database = await createTestDatabase([schema]);
});
after(() => database.drop());

interface State {
  readonly id: string;
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
  const state = { id: randomUUID(), steps: 1 };
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
      return lockOverdueSagas<State, typeof cause>(tx, ['kafka'], 10);
    });
  });
  deepStrictEqual(overdue, [
    { state: first, cause },
    { state: second, cause },
  ]);
  const atMost = await database.transaction((tx) => lockOverdueSagas<State, typeof cause>(tx, ['kafka'], 1));
  deepStrictEqual(
    atMost.map(({ state }) => state.id),
    [first.id],
  );
  const ofOthers = await database.transaction((tx) => lockOverdueSagas(tx, ['rabbitmq'], 1));
  deepStrictEqual(ofOthers, []);
});

test('limits can be postponed: none ends sooner than that, and none begins', async () => {
  const ids = [await saved(), await saved(-3_000), await saved(1_000), await saved(3_600_000)].map(
    ({ id }) => id,
  );
  const { rows: before } = await limits(ids);
  await database.transaction((tx) => postponeLimits(tx, 'rabbitmq', 60_000));
  deepStrictEqual((await limits(ids)).rows[2]?.overdue_at, before[2]?.overdue_at);
  await database.transaction((tx) => postponeLimits(tx, 'kafka', 60_000));
  const { rows: after } = await limits(ids);
  deepStrictEqual(
    after.map(({ left }) => left),
    ['none', 'a minute', 'a minute', 'more'],
  );
  strictEqual(after[3]?.overdue_at?.getTime(), before[3]?.overdue_at?.getTime());
});

test('several processes that start at the same time may all postpone the limits', async () => {
  for (let count = 0; count < 50; count += 1) await saved(-count);
  const postpone = () => database.transaction((tx) => postponeLimits(tx, 'kafka', 60_000));
  await Promise.all([postpone(), postpone(), postpone()]);
  const overdue = await database.transaction((tx) => lockOverdueSagas<State, typeof cause>(tx, ['kafka'], 1));
  deepStrictEqual(overdue, []);
});

/** The limits of sagas, in the order of their ids, and how much of them is left. */
function limits(ids: readonly string[]) {
  return database.query<{ readonly overdue_at: Date | null; readonly left: string }>(
    `select overdue_at, case when overdue_at is null then 'none'
       when overdue_at between now() + interval '50 seconds' and now() + interval '1 minute' then 'a minute'
       when overdue_at > now() + interval '1 minute' then 'more' else 'less' end as left
     from sagas join unnest($1::uuid[]) with ordinality as asked (asked_id, position) on asked_id = id
     order by position`,
    [ids],
  );
}

test('those that are stuck are counted, and no others', async () => {
  const before = await countStuckSagas(database);
  await saved();
  const { id } = await saved();
  await database.transaction(async (tx) => {
    await lockSaga(tx, id);
    await saveSaga(tx, { state: { id }, status: 'stuck', cause });
  });
  strictEqual((await countStuckSagas(database)) - before, 1);
});
