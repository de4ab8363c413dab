import assert from 'node:assert/strict';
import { test } from 'node:test';
import { brokerNames } from '../../shared/brokers/envelope.ts';
import { eventually } from '../../shared/testing/eventually.ts';
import { committedOnKafka } from './look.fixture.ts';
import { acknowledged, assertNothingLeft, patient, play, written } from './play.fixture.ts';

for (const broker of brokerNames) {
  test(`${broker}: what the demo of priorities reports is what the broker has handed out`, async (t) => {
    const { stage, run, seen } = await play(t, 'priority-queue', broker);
    const firstOf = (level: string) => seen[`${level} ones among the first 39 handled`] ?? 0;
    assert.equal(firstOf('high') + firstOf('normal') + firstOf('low'), 39);
    assert.equal(seen['messages handled'], seen['messages sent']);
    if (broker === 'rabbitmq') {
      assert.deepEqual(['high', 'normal', 'low'].map(firstOf), [27, 12, 0]);
      assert.equal(seen['handled before the first low one'], 54);
      await acknowledged(run, `charge.${run}`, seen['messages handled']);
    } else {
      assert.ok(Math.abs(firstOf('high') - 27) <= 4 && firstOf('low') > 0, JSON.stringify(seen));
      assert.equal(await written(run, /-(high|normal|low)$/), seen['messages sent']);
      const committed = () => committedOnKafka(stage.name('charge'));
      await eventually(async () => assert.equal(await committed(), seen['messages handled']), patient);
    }
    await stage.clear();
    await assertNothingLeft(run);
  });
}
