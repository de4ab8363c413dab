import assert from 'node:assert/strict';
import { test } from 'node:test';
import { brokerNames } from '../../shared/brokers/envelope.ts';
import { databasesOf, inDatabase } from './look.fixture.ts';
import { acknowledged, assertNothingLeft, play, written } from './play.fixture.ts';

for (const broker of brokerNames) {
  test(`${broker}: what the demo of orchestration reports is what tables and broker hold`, async (t) => {
    const { stage, run, seen } = await play(t, 'saga-orchestration', broker);
    const handled = (seen['commands obeyed'] ?? 0) + (seen['messages that the conductor heard'] ?? 0);
    const [tables = ''] = await databasesOf(run);
    const [counts] = await inDatabase(
      tables,
      `select (select count(*)::int from inbox) as handled,
              (select count(*)::int from sagas where status = 'done') as done,
              (select count(*)::int from books where ended = 'completed' and reserved and charged > 0) as completed,
              (select count(*)::int from books where ended = 'cancelled' and not reserved and charged = 0) as undone`,
    );
    assert.deepEqual(counts, {
      handled,
      done: 3,
      completed: seen['orders completed'],
      undone: seen['orders cancelled'],
    });
    assert.equal(seen['cancelled orders with something left'], 0);
    if (broker === 'rabbitmq') await acknowledged(run, `flow.${run}`, handled);
    else assert.equal(await written(run, /\.flow\./), handled);
    await stage.clear();
    await assertNothingLeft(run);
  });
}
