import assert from 'node:assert/strict';
import { test } from 'node:test';
import { brokerNames } from '../../shared/brokers/envelope.ts';
import { databasesOf, inDatabase } from './look.fixture.ts';
import { acknowledged, assertNothingLeft, play, written } from './play.fixture.ts';

for (const broker of brokerNames) {
  test(`${broker}: what the demo of dead letters reports is what tables and broker hold`, async (t) => {
    const { stage, run, seen } = await play(t, 'dead-letter-queue', broker);
    const [tables = ''] = await databasesOf(run);
    const [counts] = await inDatabase(
      tables,
      `select (select count(*)::int from dead_letters) as letters,
              (select count(*)::int from dead_letters where status = 'redriven') as redriven,
              (select count(*)::int from dead_letters where status = 'waiting') as waiting,
              (select count(*)::int from inbox) as handled,
              (select count(*)::int from held_messages) as held,
              (select count(*)::int from outbox) as unsent`,
    );
    assert.deepEqual(counts, {
      letters: seen['dead letters'],
      redriven: seen['of them sent once more'],
      waiting: seen['of them still waiting for a person'],
      handled: seen['messages handled in the end'],
      held: 0,
      unsent: 0,
    });
    assert.deepEqual(
      [
        seen['held until an earlier one of its order had ended'],
        seen['overtaken by a later one of its order'],
      ],
      broker === 'rabbitmq' ? [0, 1] : [1, 0],
    );
    if (broker === 'rabbitmq') {
      await acknowledged(run, `mails.${run}`, seen['tries to handle them']);
      await acknowledged(run, '.dead', seen['dead letters']);
    } else {
      assert.equal(await written(run, /\.orders\./), seen['messages sent']);
      assert.equal(await written(run, /-retry-[1-9]\d+$/), seen['times that one waited for its next try']);
      assert.equal(await written(run, /-retry-0$/), seen['of them sent once more']);
      assert.equal(await written(run, /-dlq$/), seen['dead letters']);
    }
    await stage.clear();
    await assertNothingLeft(run);
  });
}
