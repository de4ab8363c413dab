import assert from 'node:assert/strict';
import { test } from 'node:test';
import { brokerNames } from '../../shared/brokers/envelope.ts';
import { databasesOf, inDatabase } from './look.fixture.ts';
import { acknowledged, assertNothingLeft, play, written } from './play.fixture.ts';

for (const broker of brokerNames) {
  test(`${broker}: what the demo of CQRS reports is what table and broker hold`, async (t) => {
    const { stage, run, seen } = await play(t, 'cqrs', broker);
    const [tables = ''] = await databasesOf(run);
    assert.deepEqual(await inDatabase(tables, 'select * from documents order by order_id'), [
      { order_id: 'order 1', version: 2, status: 'paid' },
      { order_id: 'order 2', version: 1, status: 'created' },
    ]);
    assert.deepEqual(seen, {
      'events sent': 5,
      'of them written into a document': 3,
      'of them passed over, since they were in it': 1,
      'of them stopped at a gap': 1,
      documents: 2,
    });
    if (broker === 'rabbitmq') await acknowledged(run, `events.${run}`, seen['events sent']);
    else assert.equal(await written(run, /\.events\./), seen['events sent']);
    await stage.clear();
    await assertNothingLeft(run);
  });
}
