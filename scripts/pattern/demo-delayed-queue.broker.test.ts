import assert from 'node:assert/strict';
import { test } from 'node:test';
import { brokerNames } from '../../shared/brokers/envelope.ts';
import { acknowledged, assertNothingLeft, play, written } from './play.fixture.ts';

for (const broker of brokerNames) {
  test(`${broker}: what the demo of delays reports is what the broker has moved`, async (t) => {
    const { stage, run, seen } = await play(t, 'delayed-queue', broker);
    assert.equal(seen['arrived before they were due'], 0);
    const trapped = seen['ms late, 500 ms behind 1500 ms in one place'] ?? 0;
    assert.ok(trapped >= 1_000, `${trapped} ms: as long as the one before it had to wait longer`);
    assert.equal(seen['arrived'], seen['messages sent']);
    if (broker === 'rabbitmq') await acknowledged(run, `work.${run}`, seen['arrived']);
    else assert.equal(await written(run, /-\d+$/), seen['arrived']);
    await stage.clear();
    await assertNothingLeft(run);
  });
}
