import assert from 'node:assert/strict';
import { test } from 'node:test';
import { brokerNames } from '../../shared/brokers/envelope.ts';
import { acknowledged, assertNothingLeft, play, written } from './play.fixture.ts';

for (const broker of brokerNames) {
  test(`${broker}: what the demo of choreography reports is what the broker has carried`, async (t) => {
    const { stage, run, seen } = await play(t, 'saga-choreography', broker);
    assert.deepEqual([seen['orders completed'], seen['orders cancelled']], [1, 1]);
    if (broker === 'rabbitmq') await acknowledged(run, `recorder.${run}`, seen['events published']);
    else assert.equal(await written(run, /\.events\./), seen['events published']);
    await stage.clear();
    await assertNothingLeft(run);
  });
}
