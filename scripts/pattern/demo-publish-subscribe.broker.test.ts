import assert from 'node:assert/strict';
import { test } from 'node:test';
import { brokerNames } from '../../shared/brokers/envelope.ts';
import { eventually } from '../../shared/testing/eventually.ts';
import { committedOnKafka } from './look.fixture.ts';
import { acknowledged, assertNothingLeft, patient, play, written } from './play.fixture.ts';

for (const broker of brokerNames) {
  test(`${broker}: what the demo of subscribers reports is what the broker has handed to each`, async (t) => {
    const { stage, run, seen } = await play(t, 'publish-subscribe', broker);
    const published = seen['messages published'] ?? 0;
    assert.equal(seen['of them waited until sms was back'], 2);
    for (const service of ['email', 'sms', 'push']) {
      assert.equal(seen[`handled by ${service}`], published);
      if (broker === 'rabbitmq') await acknowledged(run, `${service}.${run}`, published);
      else {
        const committed = () => committedOnKafka(stage.name(service));
        await eventually(async () => assert.equal(await committed(), published), patient);
      }
    }
    if (broker === 'kafka') assert.equal(await written(run, /\.notifications\./), published);
    await stage.clear();
    await assertNothingLeft(run);
  });
}
