import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Broker, newMessageId } from '@conveyor/brokers';
import { createRabbitBroker } from '@conveyor/brokers/rabbitmq';
import { buildMessage } from '@conveyor/testing/build-message';
import { collect } from '@conveyor/testing/collect';
import { eventually } from '@conveyor/testing/eventually';
import { startTestKafka } from '@conveyor/testing/test-kafka';
import { startTestRabbit, testQueue } from '@conveyor/testing/test-rabbit';
import { uniqueName } from '@conveyor/testing/unique-name';
import {
  type Content,
  createRequester,
  RequestTimedOut,
  RequestUnroutable,
  type ServeEvent,
  type ServeOptions,
  serveRequests,
} from './request-reply.ts';

interface Scene {
  readonly broker: Broker;
  /** Where requests are taken from. */
  readonly channel: string;
  readonly replyChannel: string;
  readonly requestAddress: (correlationId: string) => { channel: string; key: string };
  /** Registers what is to be stopped before the broker is closed. */
  stopAtEnd(stop: () => Promise<unknown>): void;
}

async function rabbit(t: TestContext): Promise<Scene> {
  const channel = uniqueName('requests');
  const broker = await startTestRabbit({ queues: [testQueue(channel)] });
  return {
    broker,
    channel,
    replyChannel: '',
    requestAddress: () => ({ channel: '', key: channel }),
    ...closing(t, broker),
  };
}

async function kafka(t: TestContext): Promise<Scene> {
  const [channel, replyChannel] = [uniqueName('requests'), uniqueName('replies')];
  const broker = await startTestKafka([channel, replyChannel]);
  return {
    broker,
    channel,
    replyChannel,
    requestAddress: (key) => ({ channel, key }),
    ...closing(t, broker),
  };
}

function closing(t: TestContext, broker: Broker): Pick<Scene, 'stopAtEnd'> {
  const stops: (() => Promise<unknown>)[] = [];
  t.after(async () => {
    await Promise.all(stops.map((stop) => stop()));
    await broker.close();
  });
  return { stopAtEnd: (stop) => stops.push(stop) };
}

function content(body: string): Content {
  const { attributes } = buildMessage({ channel: '' });
  return { attributes, body: Buffer.from(body) };
}

function requester(scene: Scene, timeoutMs = 20_000) {
  const asking = createRequester({ ...scene, timeoutMs });
  scene.stopAtEnd(() => asking.stop());
  return asking;
}

function server(
  { broker, channel, stopAtEnd }: Scene,
  answer: (body: string) => Promise<string | undefined>,
  more: Pick<ServeOptions, 'maxAgeMs'> = {},
) {
  const events: ServeEvent[] = [];
  const consumer = serveRequests({
    broker,
    name: uniqueName('server'),
    channels: [channel],
    concurrency: 50,
    ...more,
    answer: async (request) => {
      const reply = await answer(request.body.toString());
      return reply === undefined ? undefined : content(reply);
    },
    onEvent: (event) => events.push(event),
  });
  stopAtEnd(() => consumer.stop(1_000));
  return { events };
}

for (const [name, prepare] of Object.entries({ rabbitmq: rabbit, kafka })) {
  test(`${name}: a request gets its reply`, async (t) => {
    const scene = await prepare(t);
    server(scene, async (body) => `answer to ${body}`);
    const reply = await requester(scene).ask(content('a question'));
    assert.equal(reply.body.toString(), 'answer to a question');
  });

  test(`${name}: of many requests at once each gets its own reply, in whatever order they come`, async (t) => {
    const scene = await prepare(t);
    server(scene, async (body) => {
      // The earlier the question, the longer the answer takes.
      await sleep((20 - Number(body)) * 5);
      return body;
    });
    const asking = requester(scene);
    const bodies = Array.from({ length: 20 }, (_, n) => String(n));
    const replies = await Promise.all(bodies.map((body) => asking.ask(content(body))));
    assert.deepEqual(
      replies.map(({ body }) => body.toString()),
      bodies,
    );
  });

  test(`${name}: of two who ask each gets only what it asked for`, async (t) => {
    const scene = await prepare(t);
    server(scene, async (body) => body);
    const [one, two] = [requester(scene), requester(scene)];
    const replies = await Promise.all([one.ask(content('one')), two.ask(content('two'))]);
    assert.deepEqual(
      replies.map(({ body }) => body.toString()),
      ['one', 'two'],
    );
  });

  test(`${name}: without an answer the request ends after its time, and a late reply is dropped`, async (t) => {
    const scene = await prepare(t);
    const late = Promise.withResolvers<string>();
    const answered: string[] = [];
    server(scene, async (body) => {
      const reply = body === 'slow' ? await late.promise : body;
      answered.push(body);
      return reply;
    });
    const asking = requester(scene, 3_000);
    await asking.ask(content('warm-up'));
    await assert.rejects(asking.ask(content('slow')), RequestTimedOut);
    late.resolve('too late');
    await eventually(() => assert.deepEqual(answered, ['warm-up', 'slow']));
    // By the same inbox, and sent after the late one.
    assert.equal((await asking.ask(content('next'))).body.toString(), 'next');
  });

  test(`${name}: a question that is too old is dropped, and told of`, async (t) => {
    const scene = await prepare(t);
    const { events } = server(scene, async (body) => body, { maxAgeMs: 60_000 });
    const asking = requester(scene);
    const anHourAgo = new Date(Date.now() - 3_600_000).toISOString();
    const old = content('old');
    const given = assert.rejects(
      asking.ask({ ...old, attributes: { ...old.attributes, time: anHourAgo } }),
      /stopped/,
    );
    await eventually(
      () =>
        assert.deepEqual(
          events.map(({ kind }) => kind),
          ['stale'],
        ),
      { timeoutMs: 30_000 },
    );
    assert.equal((await asking.ask(content('fresh'))).body.toString(), 'fresh');
    await asking.stop();
    await given;
  });

  test(`${name}: a request that nobody can take fails at once`, async (t) => {
    const scene = await prepare(t);
    const nowhere = uniqueName('nowhere');
    const asking = requester({
      ...scene,
      requestAddress: () => ({ channel: name === 'kafka' ? nowhere : '', key: nowhere }),
    });
    await assert.rejects(asking.ask(content('x')), RequestUnroutable);
  });

  test(`${name}: when answering fails it is reported, and the next request is answered`, async (t) => {
    const scene = await prepare(t);
    const { events } = server(scene, async (body) => {
      if (body === 'bad') throw new Error('cannot answer');
      return body;
    });
    const asking = requester(scene);
    await asking.ask(content('warm-up'));
    await assert.rejects(requester(scene, 1_000).ask(content('bad')), RequestTimedOut);
    assert.deepEqual(
      events.map(({ kind }) => kind),
      ['answer-failed'],
    );
    assert.equal((await asking.ask(content('good'))).body.toString(), 'good');
  });

  test(`${name}: a request without a ticket is dropped and reported`, async (t) => {
    const scene = await prepare(t);
    const { events } = server(scene, async (body) => body);
    const { attributes, body } = content('x');
    await scene.broker.publisher.publish([
      { address: scene.requestAddress('key'), orderingKey: 'key', attributes, body },
    ]);
    await eventually(
      () =>
        assert.deepEqual(
          events.map(({ kind }) => kind),
          ['without-ticket'],
        ),
      { timeoutMs: 20_000 },
    );
  });

  test(`${name}: a request may be given up by its asker, and all are when the requester stops`, async (t) => {
    const scene = await prepare(t);
    const asking = requester(scene);
    const leaving = new AbortController();
    const given = asking.ask(content('x'), leaving.signal);
    leaving.abort(new Error('the client hung up'));
    await assert.rejects(given, /hung up/);
    const waiting = asking.ask(content('x'));
    const stopped = assert.rejects(waiting, /stopped/);
    await asking.stop();
    await stopped;
  });
}

test('rabbitmq: a reply whose asker is gone is no error', async (t) => {
  const scene = await rabbit(t);
  const { events } = server(scene, async (body) => body);
  const { attributes, body } = content('x');
  await scene.broker.publisher.publish([
    {
      address: scene.requestAddress('key'),
      orderingKey: 'key',
      attributes,
      body,
      reply: { replyTo: uniqueName('gone'), correlationId: newMessageId() },
    },
  ]);
  await eventually(() =>
    assert.deepEqual(
      events.map(({ kind }) => kind),
      ['asker-gone'],
    ),
  );
});

test('rabbitmq: a request carries the ticket that its reply must bring back', async (t) => {
  const scene = await rabbit(t);
  const { deliveries, consumer } = collect(scene.broker, scene.channel);
  scene.stopAtEnd(() => consumer.stop(1_000));
  const asking = requester(scene);
  void asking.ask(content('x')).catch(() => {});
  const request = await eventually(() => deliveries[0] ?? assert.fail('not delivered'));
  assert.ok(request.reply?.replyTo);
  assert.ok(request.reply.correlationId);
});

test('while the broker is away a request ends after its time too', async (t) => {
  const broker = createRabbitBroker({
    url: 'amqp://127.0.0.1:1',
    topology: { exchanges: [], queues: [], bindings: [] },
    clientName: uniqueName('client'),
  });
  broker.start();
  const asking = createRequester({
    broker,
    requestAddress: () => ({ channel: '', key: 'x' }),
    replyChannel: '',
    timeoutMs: 200,
  });
  const begin = performance.now();
  await assert.rejects(asking.ask(content('x')), RequestTimedOut);
  assert.ok(performance.now() - begin < 2_000);
  await asking.stop();
  t.after(() => broker.close());
});
