import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Broker, Delivery, OnDelivery, PublishOutcome } from '@conveyor/brokers';
import { createBreaker } from '@conveyor/patterns/circuit-breaker/breaker';
import { guardBroker } from '@conveyor/patterns/circuit-breaker/guard-broker';
import { InfrastructureFault } from '@conveyor/patterns/dead-letter-queue/failure';
import { buildMessage } from '@conveyor/testing/build-message';
import { createRequester, RequestTimedOut, type ServeEvent, serveRequests } from './request-reply.ts';

const failed: PublishOutcome = { status: 'failed', error: new Error('the connection was lost') };

/** A broker that is connected and whose publisher ends as told; guarded, with a breaker that the test holds. */
function scene(outcome: PublishOutcome, timeoutMs: number) {
  let published = 0;
  const connected: Pick<Broker, 'connected' | 'publisher' | 'replies'> = {
    connected: async () => {},
    replies: () => ({ replyTo: 'replies', stop: async () => {} }),
    publisher: {
      async publish(messages) {
        published += 1;
        return messages.map(() => outcome);
      },
    },
  };
  const breaker = createBreaker<readonly PublishOutcome[]>({
    name: 'publish to nowhere',
    lastCalls: 1_000,
    atLeast: 1_000,
    firstPauseMs: 1,
    longestPauseMs: 1,
  });
  const requester = createRequester({
    broker: guardBroker(connected as Broker, breaker),
    requestAddress: () => ({ channel: 'questions', key: 'k' }),
    replyChannel: '',
    timeoutMs,
  });
  const { attributes, body } = buildMessage({ channel: '' });
  return { breaker, published: () => published, ask: () => requester.ask({ attributes, body }) };
}

test('with the breaker open a question fails at once, and is not sent again and again', async () => {
  const { breaker, published, ask } = scene({ status: 'confirmed' }, 1_000);
  breaker.holdOpen();
  await assert.rejects(
    ask(),
    (error) => error instanceof InfrastructureFault && error.code === 'breaker-open',
  );
  assert.equal(published(), 0);
});

test('a question that could not be sent is sent again within its time', async () => {
  const { published, ask } = scene(failed, 200);
  await assert.rejects(ask(), RequestTimedOut);
  assert.ok(published() > 1);
});

/** A question that is answered, and whose reply ends as `publish` does. Resolves when it may be acknowledged. */
function serve(publish: () => Promise<PublishOutcome>) {
  const events: ServeEvent['kind'][] = [];
  let onDelivery: OnDelivery = () => Promise.reject(new Error('nothing is consumed'));
  const broker: Pick<Broker, 'consume' | 'replyAddress' | 'publisher'> = {
    consume(options) {
      onDelivery = options.onDelivery;
      return { consuming: true, stop: async () => {} };
    },
    replyAddress: ({ replyTo }) => ({ channel: '', key: replyTo }),
    publisher: { publish: async () => [await publish()] },
  };
  const { attributes, body } = buildMessage({ channel: '' });
  serveRequests({
    broker: broker as Broker,
    name: 'server',
    channels: ['questions'],
    concurrency: 1,
    answer: async () => ({ attributes, body }),
    onEvent: ({ kind }) => events.push(kind),
  });
  const request: Delivery = {
    attributes,
    headers: {},
    body,
    origin: { broker: 'rabbitmq', channel: 'questions', address: { channel: '', key: 'questions' } },
    redelivered: false,
    reply: { replyTo: 'replies', correlationId: 'a-question' },
  };
  return { events, acknowledged: onDelivery(request, new AbortController().signal) };
}

test('a question whose reply is not known to be sent is handed out again', async () => {
  await assert.rejects(serve(async () => failed).acknowledged, /the connection was lost/);
});

test('a reply that nobody waits for any more is no fault', async () => {
  const { events, acknowledged } = serve(async () => ({ status: 'unroutable', reason: 'NO_ROUTE' }));
  await acknowledged;
  assert.deepEqual(events, ['asker-gone']);
});

test('a question is acknowledged no sooner than its reply is confirmed', async () => {
  const confirmed = Promise.withResolvers<PublishOutcome>();
  let isAcknowledged = false;
  const served = serve(() => confirmed.promise).acknowledged.then(() => {
    isAcknowledged = true;
  });
  await new Promise((resolve) => setImmediate(resolve));
  assert.equal(isAcknowledged, false);
  confirmed.resolve({ status: 'confirmed' });
  await served;
});
