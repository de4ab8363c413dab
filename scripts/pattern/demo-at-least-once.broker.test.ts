import assert from 'node:assert/strict';
import { test } from 'node:test';
import { brokerNames } from '../../shared/brokers/envelope.ts';
import { eventually } from '../../shared/testing/eventually.ts';
import { committedOnKafka } from './look.fixture.ts';
import { assertNothingLeft, patient, play, published, written } from './play.fixture.ts';

for (const broker of brokerNames) {
  test(`${broker}: what the demo of work that is cut short reports is what was published`, async (t) => {
    const { stage, run, seen } = await play(t, 'at-least-once', broker);
    const sent = seen['tasks sent'];
    assert.deepEqual(seen, {
      'tasks sent': sent,
      'tasks done by the first worker': 1,
      'tasks done by the second': 3,
      'times that work was begun': 5,
      'begun more than once': 1,
      'tasks lost': 0,
    });
    if (broker === 'rabbitmq') await published(run, `tasks.${run}`, sent);
    else {
      assert.equal(await written(run, /\.tasks\./), sent);
      const committed = () => committedOnKafka(stage.name('worker'));
      await eventually(async () => assert.equal(await committed(), sent), patient);
    }
    await stage.clear();
    await assertNothingLeft(run);
  });
}
