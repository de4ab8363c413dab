import assert from 'node:assert/strict';
import { test } from 'node:test';
import { brokerNames } from '../../shared/brokers/envelope.ts';
import { databasesOf, inDatabase } from './look.fixture.ts';
import { acknowledged, assertNothingLeft, play, written } from './play.fixture.ts';

for (const broker of brokerNames) {
  test(`${broker}: what the demo of the outbox reports is what tables and broker hold`, async (t) => {
    const { stage, run, seen } = await play(t, 'transactional-outbox', broker);
    const [tables = ''] = await databasesOf(run);
    const [counts] = await inDatabase(
      tables,
      `select (select count(*)::int from orders) as orders, (select count(*)::int from outbox) as unsent`,
    );
    assert.deepEqual(counts, { orders: seen['orders stored'], unsent: seen['rows left in the outbox'] });
    assert.deepEqual(seen, {
      'orders stored': 4,
      'orders rolled back': 1,
      'messages that waited while there was no relay': 3,
      'orders heard of': 4,
      'stored, and not heard of': 0,
      'rows left in the outbox': 0,
    });
    if (broker === 'rabbitmq') await acknowledged(run, `told.${run}`, seen['orders heard of']);
    else assert.equal(await written(run, /\.told\./), seen['orders heard of']);
    await stage.clear();
    await assertNothingLeft(run);
  });
}
