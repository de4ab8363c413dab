import assert from 'node:assert/strict';
import { test } from 'node:test';
import { brokerNames } from '../../shared/brokers/envelope.ts';
import { eventually } from '../../shared/testing/eventually.ts';
import { committedOnKafka } from './look.fixture.ts';
import { assertNothingLeft, patient, play, published, written } from './play.fixture.ts';

for (const broker of brokerNames) {
  test(`${broker}: what the demo of subscribers reports is what the broker has handed to each`, async (t) => {
    const { stage, run, seen } = await play(t, 'publish-subscribe', broker);
    const sent = seen['messages published'] ?? 0;
    assert.equal(seen['of them waited until sms was back'], 2);
    for (const service of ['email', 'sms', 'push']) {
      assert.equal(seen[`handled by ${service}`], sent);
      if (broker === 'rabbitmq') await published(run, `${service}.${run}`, sent);
      else {
        const committed = () => committedOnKafka(stage.name(service));
        await eventually(async () => assert.equal(await committed(), sent), patient);
      }
    }
    if (broker === 'kafka') assert.equal(await written(run, /\.notifications\./), sent);
    await stage.clear();
    await assertNothingLeft(run);
  });
}
