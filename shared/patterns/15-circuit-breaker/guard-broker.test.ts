import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { setImmediate as soon } from 'node:timers/promises';
import type { Broker, Delivery, OutgoingMessage, Publisher, PublishOutcome } from '@conveyor/brokers';
import { atLeastOnce } from '@conveyor/patterns/at-least-once/at-least-once';
import { failedMessages } from '@conveyor/patterns/dead-letter-queue/failed-messages';
import { PermanentFault } from '@conveyor/patterns/dead-letter-queue/failure';
import { buildMessage } from '@conveyor/testing/build-message';
import { createPublishBreaker, guardBroker, guardPublisher, openWhileAway } from './guard-broker.ts';

const confirmed: PublishOutcome = { status: 'confirmed' };
const unroutable: PublishOutcome = { status: 'unroutable', reason: 'no such queue' };
const failed: PublishOutcome = { status: 'failed', error: new Error('no answer') };
const refused: PublishOutcome = { ...failed, refused: true };

function scene(t: TestContext, outcomeOf: (n: number) => PublishOutcome) {
  t.mock.timers.enable({ apis: ['setTimeout', 'Date'] });
  const batches: (readonly OutgoingMessage[])[] = [];
  const publisher: Publisher = {
    async publish(messages) {
      batches.push(messages);
      return messages.map((_, n) => outcomeOf(n));
    },
  };
  const breaker = createPublishBreaker('publish to nowhere');
  const guarded = guardPublisher(publisher, breaker);
  const publish = (count = 2) =>
    guarded.publish(Array.from({ length: count }, () => buildMessage({ channel: 'c' })));
  return { breaker, batches, publish, pass: (ms: number) => t.mock.timers.tick(ms) };
}

test('four batches in a row of which nothing is answered open it; then all fail at once and nothing is sent', async (t) => {
  const { breaker, batches, publish } = scene(t, () => failed);
  for (let n = 0; n < 4; n += 1) assert.deepEqual(await publish(), [failed, failed]);
  assert.equal(breaker.state, 'open');
  const outcomes = await publish(3);
  assert.deepEqual(
    outcomes.map((outcome) => outcome.status === 'failed' && 'code' in outcome.error && outcome.error.code),
    ['breaker-open', 'breaker-open', 'breaker-open'],
  );
  assert.equal(batches.length, 4);
});

for (const [what, outcome] of [
  ['stored', confirmed],
  ['refused for good', unroutable],
  ['refused at present', refused],
] as const) {
  test(`a batch of which one message is ${what} is no failure: the broker answers`, async (t) => {
    const { breaker, publish } = scene(t, (n) => (n === 1 ? outcome : failed));
    for (let n = 0; n < 20; n += 1) assert.deepEqual(await publish(), [failed, outcome]);
    assert.equal(breaker.state, 'closed');
  });
}

test('an empty batch tries nothing', async (t) => {
  const { breaker, batches, publish, pass } = scene(t, () => failed);
  for (let n = 0; n < 4; n += 1) await publish();
  pass(1_000);
  assert.deepEqual(await publish(0), []);
  assert.equal(breaker.state, 'open');
  assert.equal(batches.length, 4);
});

test('the pause does not grow: who publishes pauses as well', async (t) => {
  let works = false;
  const { breaker, publish, pass } = scene(t, () => (works ? confirmed : failed));
  for (let n = 0; n < 4; n += 1) await publish();
  for (let n = 0; n < 5; n += 1) {
    pass(1_000);
    assert.deepEqual(await publish(), [failed, failed]);
  }
  works = true;
  pass(1_000);
  assert.deepEqual(await publish(), [confirmed, confirmed]);
  assert.equal(breaker.state, 'closed');
});

test('a place that never answers takes the try, but not for long: what goes elsewhere leaves soon', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout', 'Date'] });
  const waiting: PromiseWithResolvers<void>[] = [];
  const publisher: Publisher = {
    async publish([message]) {
      if (message?.address.channel === 'well') return [confirmed];
      const noAnswer = Promise.withResolvers<void>();
      waiting.push(noAnswer);
      await noAnswer.promise;
      return [failed];
    },
  };
  const giveUp = () => {
    for (const { resolve } of waiting.splice(0)) resolve();
  };
  const breaker = createPublishBreaker('publish to nowhere');
  const guarded = guardPublisher(publisher, breaker);
  const publish = async (channel: string) => (await guarded.publish([buildMessage({ channel })]))[0]?.status;

  const hanging = Array.from({ length: 4 }, () => publish('hangs'));
  giveUp();
  assert.deepEqual(await Promise.all(hanging), ['failed', 'failed', 'failed', 'failed']);
  assert.equal(breaker.state, 'open');
  t.mock.timers.tick(1_000);
  const trying = publish('hangs');
  assert.equal(breaker.state, 'half-open');
  assert.equal(await publish('well'), 'failed');

  t.mock.timers.tick(2_000);
  await soon();
  assert.equal(breaker.state, 'open');
  t.mock.timers.tick(1_000);
  assert.equal(await publish('well'), 'confirmed');
  giveUp();
  assert.equal(await trying, 'failed');
  assert.equal(breaker.state, 'closed');
});

test('a publisher that breaks its promise and rejects gives an outcome for each message all the same', async () => {
  const error = new Error('on purpose');
  const breaker = createPublishBreaker('publish to nowhere');
  const guarded = guardPublisher({ publish: () => Promise.reject(error) }, breaker);
  assert.deepEqual(await guarded.publish([buildMessage({ channel: 'c' })]), [{ status: 'failed', error }]);
});

test('while the connection is away it is open, and closed the moment it is back', async (t) => {
  const { breaker, batches, publish } = scene(t, () => confirmed);
  const tell = openWhileAway(breaker);
  tell({ kind: 'disconnected' });
  tell({ kind: 'disconnected', error: new Error('another reason') });
  assert.equal((await publish(1))[0]?.status, 'failed');
  assert.equal(batches.length, 0);
  tell({ kind: 'connected' });
  assert.deepEqual(await publish(1), [confirmed]);
  tell({ kind: 'connected' });
  assert.equal(breaker.state, 'closed');
});

test('a dead letter waits while it is open: the message is not acknowledged before that is safe', async () => {
  const sent: OutgoingMessage[] = [];
  const publisher: Publisher = {
    async publish(messages) {
      sent.push(...messages);
      return messages.map(() => confirmed);
    },
  };
  const breaker = createPublishBreaker('publish to nowhere');
  const broker = guardBroker({ publisher } as Broker, breaker);
  const letGo = breaker.holdOpen();
  const repeated = Promise.withResolvers<void>();
  const onDelivery = atLeastOnce({
    work: () => Promise.reject(new PermanentFault('unknown-type', 'on purpose')),
    delayBefore: () => undefined,
    ...failedMessages({
      consumer: 'c',
      broker,
      // A message without an id leaves no trace in it.
      database: { query: () => Promise.reject(new Error('not asked')) },
      places: { retry: () => ({ channel: 'r', key: 'k' }), dead: () => ({ channel: 'd', key: 'k' }) },
      delayBefore: () => undefined,
      inOrder: false,
    }),
    onEvent: ({ kind }) => kind === 'repeated' && repeated.resolve(),
  });
  let acknowledged = false;
  const handling = onDelivery(delivery, new AbortController().signal).then(() => {
    acknowledged = true;
  });
  await repeated.promise;
  assert.equal(acknowledged, false);
  assert.equal(sent.length, 0);
  letGo();
  await handling;
  assert.equal(sent.length, 1);
});

const delivery: Delivery = {
  attributes: { id: '1', subject: 's' },
  headers: {},
  body: Buffer.from('{}'),
  origin: { broker: 'kafka', channel: 'c', address: { channel: 'c', key: 'k' } },
  redelivered: false,
};
