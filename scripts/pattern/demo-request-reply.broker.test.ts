import assert from 'node:assert/strict';
import { test } from 'node:test';
import { brokerNames } from '../../shared/brokers/envelope.ts';
import { acknowledged, assertNothingLeft, play, written } from './play.fixture.ts';

for (const broker of brokerNames) {
  test(`${broker}: what the demo of questions and answers reports is what the broker has carried`, async (t) => {
    const { stage, run, seen } = await play(t, 'request-reply', broker);
    const questions = seen['questions over the broker'];
    assert.equal(seen['answered with the answer to their own, of those asked at once'], 30);
    assert.equal(seen['given up before their answer came'], 1);
    assert.equal(seen['wrong answers to the question after that'], 0);
    if (broker === 'rabbitmq') await acknowledged(run, `requests.${run}`, questions);
    else {
      assert.equal(await written(run, /\.requests\./), questions);
      assert.equal(await written(run, /\.replies\./), questions, 'the late answer is written, too');
    }
    await stage.clear();
    await assertNothingLeft(run);
  });
}
