import { deepStrictEqual, strictEqual } from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { createTestDatabase, type TestDatabase } from '@conveyor/testing/test-database';
import { closeGate, type Place } from './gates.ts';

let database: TestDatabase;

before(async () => {
  database = await createTestDatabase(['create table things (id int primary key, colour text)']);
});
after(() => database.drop());

const at = (place: Omit<Place, 'database' | 'table'>) =>
  closeGate(database.url, { ...place, database: new URL(database.url).pathname.slice(1), table: 'things' });

const colours = async () =>
  (await database.query<{ colour: string }>('select colour from things order by id')).rows.map(
    ({ colour }) => colour,
  );

test('who comes to a closed gate waits there, others pass, and an open one lets all through', async () => {
  const gate = await at({ on: 'insert', when: `new.colour = 'red'` });
  await database.query(`insert into things values (1, 'blue')`);
  const waiting = database.query(`insert into things values (2, 'red')`);
  await gate.reached();
  deepStrictEqual(await colours(), ['blue']);
  await gate.open();
  await waiting;
  await database.query(`insert into things values (3, 'red')`);
  await gate.remove();
  deepStrictEqual(await colours(), ['blue', 'red', 'red']);
});

test('a gate at the commit holds a transaction that has done everything else', async () => {
  const gate = await at({ on: 'update', when: `new.colour = 'green'`, at: 'commit' });
  let isDone = false;
  const committing = database.transaction(async (tx) => {
    await tx.query(`update things set colour = 'green' where id = 1`);
    isDone = true;
  });
  await gate.reached();
  strictEqual(isDone, true);
  strictEqual((await colours())[0], 'blue');
  await gate.open();
  await committing;
  await gate.remove();
  strictEqual((await colours())[0], 'green');
});

test('a gate for the first lets the others pass', async () => {
  const gate = await at({ on: 'insert', holds: 'first' });
  const first = database.query(`insert into things values (4, 'first')`);
  await gate.reached();
  await database.query(`insert into things values (5, 'second')`);
  deepStrictEqual((await colours()).slice(3), ['second']);
  await gate.open();
  await first;
  await gate.remove();
  deepStrictEqual((await colours()).slice(3), ['first', 'second']);
});

test('who is turned away has done nothing, even by a statement that would commit by itself, and who comes later waits', async () => {
  const connection = await database.connect();
  const gate = await at({ on: 'delete' });
  const deleting = connection.query('delete from things').catch(() => 'ended');
  await gate.reached();
  await gate.turnAway();
  strictEqual(await deleting, 'ended');
  strictEqual((await colours()).length, 5);
  const again = database.query('delete from things where id = 1');
  await gate.reached();
  await gate.open();
  await again;
  await gate.remove();
  strictEqual((await colours()).length, 4);
});
