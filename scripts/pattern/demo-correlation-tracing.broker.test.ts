import assert from 'node:assert/strict';
import { test } from 'node:test';
import { brokerNames } from '../../shared/brokers/envelope.ts';
import { acknowledged, assertNothingLeft, play, written } from './play.fixture.ts';

for (const broker of brokerNames) {
  test(`${broker}: what the demo of tracing reports is what the broker has handed out`, async (t) => {
    const { stage, run, seen } = await play(t, 'correlation-tracing', broker);
    assert.deepEqual(Object.values(seen), [2, 6, 2, 2, 6]);
    for (const hop of ['created', 'reserved', 'paid']) {
      if (broker === 'rabbitmq') await acknowledged(run, `${hop}.${run}`, 2);
      else assert.equal(await written(run, new RegExp(`\\.${hop}\\.`)), 2);
    }
    await stage.clear();
    await assertNothingLeft(run);
  });
}
