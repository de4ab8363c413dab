import assert from 'node:assert/strict';
import { test } from 'node:test';
import { brokerNames } from '../../shared/brokers/envelope.ts';
import { eventually } from '../../shared/testing/eventually.ts';
import { committedOnKafka } from './look.fixture.ts';
import { assertNothingLeft, patient, play, published, written } from './play.fixture.ts';

for (const broker of brokerNames) {
  test(`${broker}: what the demo of shared work reports is what the broker has handed out`, async (t) => {
    const { stage, run, seen } = await play(t, 'point-to-point', broker);
    const by = (who: string) => seen[`done by ${who}`] ?? 0;
    assert.equal(seen['tasks done'], seen['tasks sent']);
    assert.equal(seen['done more than once'], 0);
    assert.ok(by('bob') > 0 && by('ann while bob was there') > 0, 'both have worked');
    assert.equal(by('ann alone'), 4);
    if (broker === 'rabbitmq') {
      assert.deepEqual([by('ann while bob was there'), by('bob')], [4, 4]);
      await published(run, `tasks.${run}`, seen['tasks done']);
    } else {
      assert.equal(await written(run, /\.tasks\./), seen['tasks sent']);
      const committed = () => committedOnKafka(stage.name('workers'));
      await eventually(async () => assert.equal(await committed(), seen['tasks done']), patient);
    }
    await stage.clear();
    await assertNothingLeft(run);
  });
}
