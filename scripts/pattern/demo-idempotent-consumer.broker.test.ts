import assert from 'node:assert/strict';
import { test } from 'node:test';
import { brokerNames } from '../../shared/brokers/envelope.ts';
import { eventually } from '../../shared/testing/eventually.ts';
import { committedOnKafka, databasesOf, inDatabase } from './look.fixture.ts';
import { acknowledged, assertNothingLeft, patient, play, written } from './play.fixture.ts';

for (const broker of brokerNames) {
  test(`${broker}: what the demo of messages that come twice reports is what tables and broker hold`, async (t) => {
    const { stage, run, seen } = await play(t, 'idempotent-consumer', broker);
    const [tables = ''] = await databasesOf(run);
    const [counts] = await inDatabase(
      tables,
      `select (select count(*)::int from charges) as charges, (select count(*)::int from inbox) as handled`,
    );
    assert.deepEqual(counts, { charges: seen['charges made'], handled: seen['orders charged'] });
    assert.deepEqual(seen, {
      'messages delivered': 6,
      'of them seen before': 3,
      'tries rolled back': 1,
      'charges made': 3,
      'orders charged': 3,
    });
    if (broker === 'rabbitmq') await acknowledged(run, `charges.${run}`, seen['messages delivered']);
    else {
      assert.equal(await written(run, /\.charges\./), seen['messages delivered']);
      const committed = () => committedOnKafka(stage.name('payment'));
      await eventually(async () => assert.equal(await committed(), seen['messages delivered']), patient);
    }
    await stage.clear();
    await assertNothingLeft(run);
  });
}
