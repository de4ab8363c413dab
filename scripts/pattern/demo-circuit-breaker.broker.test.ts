import assert from 'node:assert/strict';
import { test } from 'node:test';
import { brokerNames } from '../../shared/brokers/envelope.ts';
import { acknowledged, assertNothingLeft, play, written } from './play.fixture.ts';

for (const broker of brokerNames) {
  test(`${broker}: what the demo of the breaker reports is what the broker has handed out`, async (t) => {
    const { stage, run, seen } = await play(t, 'circuit-breaker', broker);
    assert.ok((seen['tries that were held back'] ?? 0) > 0, JSON.stringify(seen));
    assert.equal(seen['calls in vain'], 3);
    assert.equal(seen['charges made in the end'], seen['charges sent']);
    if (broker === 'rabbitmq') await acknowledged(run, `charges.${run}`, seen['charges made in the end']);
    else assert.equal(await written(run, /\.charges\./), seen['charges sent']);
    await stage.clear();
    await assertNothingLeft(run);
  });
}
