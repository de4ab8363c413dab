import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { eventually } from '@conveyor/testing/eventually';
import { allConfirmed, gate, Playground, required } from '../conformance/playground.ts';
import { onChannel, rabbitGround } from '../conformance/rabbit-ground.ts';
import type { Attributes } from '../envelope.ts';
import type { BrokerEvent, Delivery } from '../port.ts';
import { createRabbitBroker } from './index.ts';

const url = () => required('RABBITMQ_URL');
const patient = { timeoutMs: 20_000 };
const play = (context: TestContext) => Playground.open(context, rabbitGround);

/** A queue on the default exchange, gone after the test. */
function queue(context: TestContext): string {
  const name = `queue-${randomUUID()}`;
  context.after(() => onChannel(url(), (channel) => channel.deleteQueue(name)));
  return name;
}

test('a full queue makes the later messages of that key fail; other keys pass', async (context) => {
  const [full, free] = [queue(context), queue(context)];
  const broker = createRabbitBroker({
    url: url(),
    clientName: 'test',
    topology: {
      exchanges: [],
      bindings: [],
      queues: [
        { name: full, type: 'classic', arguments: { 'x-max-length': 2, 'x-overflow': 'reject-publish' } },
        { name: free, type: 'classic' },
      ],
    },
  });
  broker.start();
  await broker.connected();
  const to = (key: string, id: string) => ({
    address: { channel: '', key },
    orderingKey: 'k',
    attributes: { id },
    body: Buffer.from(id),
  });
  const batch = [to(full, '1'), to(full, '2'), to(full, '3'), to(free, '4'), to(full, '5'), to(free, '6')];

  const outcomes = await broker.publisher.publish(batch);

  assert.deepEqual(
    outcomes.map(({ status }) => status),
    ['confirmed', 'confirmed', 'failed', 'confirmed', 'failed', 'confirmed'],
  );
  assert.ok(outcomes[2]?.status === 'failed' && outcomes[2].refused, 'the broker said so');
  assert.match(String(outcomes[4]?.status === 'failed' && outcomes[4].error.message), /^not sent: 3/);
  await broker.close();
});

test('an exchange that does not exist makes its own messages unroutable, and the next batch passes', async (context) => {
  const ground = await play(context);
  const broker = await ground.broker();
  const [nowhere, somewhere] = [ground.message('a'), ground.message('b')];
  const lost = { ...nowhere, address: { channel: `no-such-${randomUUID()}`, key: 'k' } };
  const [outcome] = await broker.publisher.publish([lost]);
  assert.equal(outcome?.status, 'unroutable');
  await eventually(async () => allConfirmed(await broker.publisher.publish([somewhere])));
});

test('a message that is too large is refused for good, and does not keep its neighbours from being sent', async (context) => {
  const playground = await play(context);
  const broker = await playground.broker();
  const large = { ...playground.message('large'), body: Buffer.alloc(16 * 1024 * 1024 + 1) };
  const neighbour = playground.message('neighbour');
  const [first] = await broker.publisher.publish([large, neighbour]);
  assert.equal(first?.status, 'unroutable');
  // What was on its way on the channel that was closed is sent again, as its outcome says.
  await eventually(async () => {
    const [outcome] = await broker.publisher.publish([neighbour]);
    assert.equal(outcome?.status, 'confirmed');
  }, patient);
});

test('a queue that exists with other arguments is told as an event, and tried again until it fits', async (context) => {
  const name = queue(context);
  await onChannel(url(), (channel) => channel.assertQueue(name, { arguments: { 'x-message-ttl': 1_000 } }));
  const events: BrokerEvent[] = [];
  const broker = createRabbitBroker({
    url: url(),
    clientName: 'test',
    topology: {
      exchanges: [],
      bindings: [],
      queues: [{ name, type: 'classic', arguments: { 'x-message-ttl': 2_000 } }],
    },
    onEvent: (event) => events.push(event),
  });
  context.after(() => broker.close());
  broker.start();
  await eventually(() => {
    const [event] = events;
    assert.ok(event?.kind === 'disconnected');
    assert.match(String(event.error), /406/);
  });
  await onChannel(url(), (channel) => channel.deleteQueue(name));
  await broker.connected(AbortSignal.timeout(10_000));
});

test('a message sent by hand arrives with what its properties tell', async (context) => {
  const ground = await play(context);
  const broker = await ground.broker();
  const seen: Delivery[] = [];
  ground.consume(broker, ground.names.first, async (delivery) => void seen.push(delivery));
  const properties = { messageId: 'by-hand', type: 'greeting', headers: { tries: 3 } };
  await onChannel(url(), async (channel) => {
    channel.sendToQueue(ground.names.first, Buffer.from('hello'), properties);
  });
  await eventually(() => assert.equal(seen.length, 1));
  assert.deepEqual(seen[0]?.attributes, { id: 'by-hand', type: 'greeting' });
  assert.deepEqual(seen[0]?.headers, { tries: '3' });
});

test('a message that has waited in a delay queue may be sent there again with the headers it came with', async (context) => {
  const [work, delay] = [queue(context), queue(context)];
  const onward = {
    'x-message-ttl': 100,
    'x-dead-letter-exchange': '',
    'x-dead-letter-routing-key': work,
    'x-dead-letter-strategy': 'at-least-once',
    'x-overflow': 'reject-publish',
  };
  const broker = createRabbitBroker({
    url: url(),
    clientName: 'test',
    topology: {
      exchanges: [],
      bindings: [],
      queues: [
        { name: work, type: 'quorum' },
        { name: delay, type: 'quorum', arguments: onward },
      ],
    },
  });
  context.after(() => broker.close());
  broker.start();
  await broker.connected();
  const seen: Delivery[] = [];
  const toDelay = (headers: Attributes) => ({
    address: { channel: '', key: delay },
    orderingKey: 'k',
    attributes: { id: 'again' },
    headers,
    body: Buffer.from('{}'),
  });
  const consumer = broker.consume({
    name: 'test',
    channels: [work],
    concurrency: 1,
    async onDelivery(delivery) {
      seen.push(delivery);
      if (seen.length < 4) {
        const headers = { ...delivery.headers, round: String(seen.length) };
        allConfirmed(await broker.publisher.publish([toDelay(headers)]));
      }
    },
  });
  context.after(() => consumer.stop(1_000));
  // As it is delivered when it was dead-lettered elsewhere before.
  const notes = { 'x-death': '[{"count":1,"queue":"elsewhere"}]', 'x-first-death-queue': 'elsewhere' };
  allConfirmed(await broker.publisher.publish([toDelay({ ...notes, round: '0' })]));

  await eventually(() => assert.equal(seen.length, 4), patient);
  assert.deepEqual(
    seen.map(({ headers }) => headers['round']),
    ['0', '1', '2', '3'],
  );
  for (const { headers, origin } of seen) {
    assert.deepEqual(Object.keys(headers), Object.keys(seen[0]?.headers ?? {}));
    assert.equal(headers['x-first-death-queue'], delay);
    const [death, ...others] = JSON.parse(headers['x-death'] ?? '');
    assert.deepEqual([death.count, death.queue, others], [1, delay, []]);
    assert.deepEqual(origin.address, { channel: '', key: delay });
  }
});

test('a message that no property can name is still told apart when no queue takes it', async (context) => {
  const ground = await play(context);
  const broker = await ground.broker();
  const attributes = { id: 'i'.repeat(300) };
  const lost = { ...ground.message('lost', { attributes }), address: ground.ground.nowhere };
  const [one, other] = await broker.publisher.publish([lost, ground.message('a', { attributes })]);
  assert.deepEqual([one?.status, other?.status], ['unroutable', 'confirmed']);
});

test('a consumer whose queue was deleted declares it again and goes on', async (context) => {
  const ground = await play(context);
  const broker = await ground.broker();
  const seen: string[] = [];
  ground.consume(broker, ground.names.first, async ({ attributes }) => void seen.push(attributes.id ?? ''));
  await eventually(() =>
    onChannel(url(), async (channel) => {
      assert.equal((await channel.checkQueue(ground.names.first)).consumerCount, 1);
    }),
  );

  await onChannel(url(), (channel) => channel.deleteQueue(ground.names.first));

  await eventually(() => {
    const failed = ground.events.find(({ kind }) => kind === 'consumer-failed');
    assert.ok(failed?.kind === 'consumer-failed' && failed.consumer === ground.names.first);
  });
  const message = ground.message();
  await eventually(async () => {
    allConfirmed(await broker.publisher.publish([message]));
    assert.ok(seen.includes(message.attributes.id ?? ''));
  }, patient);
});

test('a handler that resolves after its connection was cut acknowledges nothing else', async (context) => {
  const ground = await play(context);
  const proxy = await ground.proxy();
  const broker = await ground.broker({ proxy });
  const [begun, finish] = [gate(), gate()];
  const deliveries: Delivery[] = [];
  ground.consume(
    broker,
    ground.names.first,
    async (delivery) => {
      deliveries.push(delivery);
      begun.open();
      if (deliveries.length <= 3) await finish.passed;
    },
    3,
  );
  const messages = [ground.message(), ground.message(), ground.message()];
  allConfirmed(await broker.publisher.publish(messages));
  await eventually(() => assert.equal(deliveries.length, 3));
  proxy.cut();
  await eventually(() => assert.ok(ground.events.some(({ kind }) => kind === 'disconnected')));
  await broker.connected(AbortSignal.timeout(10_000));
  await eventually(() =>
    onChannel(url(), async (channel) => {
      const { consumerCount, messageCount } = await channel.checkQueue(ground.names.first);
      assert.deepEqual({ consumerCount, messageCount }, { consumerCount: 1, messageCount: 0 });
    }),
  );
  assert.equal(deliveries.length, 3, 'three are in hand still, so no more are begun');

  finish.open();

  await eventually(() => assert.equal(deliveries.length, 6), patient);
  assert.deepEqual(
    deliveries.map(({ redelivered }) => redelivered),
    [false, false, false, true, true, true],
  );
  // Acknowledged under the wrong channel's tag, it would be an unknown tag, which closes the channel.
  await eventually(() =>
    onChannel(url(), async (channel) => {
      assert.deepEqual(await channel.get(ground.names.first), false);
    }),
  );
  assert.ok(ground.events.every(({ kind }) => kind !== 'consumer-failed'));
});

test('while RabbitMQ blocks its publishers, publishing waits; then it goes on', async (context) => {
  const ground = await play(context);
  const proxy = await ground.proxy();
  const broker = await ground.broker({ proxy });
  proxy.inject(methodFrame(10, 60, Buffer.from('\x0alow memory', 'latin1')));
  await eventually(() => assert.deepEqual(ground.events.at(-1), { kind: 'blocked', reason: 'low memory' }));
  let answered = false;
  const publishing = broker.publisher.publish([ground.message()]).then((outcomes) => {
    answered = true;
    return outcomes;
  });
  await onChannel(url(), async (channel) => {
    assert.equal((await channel.checkQueue(ground.names.first)).messageCount, 0);
  });
  assert.equal(answered, false);

  proxy.inject(methodFrame(10, 61));

  allConfirmed(await publishing);
  assert.deepEqual(ground.events.at(-1), { kind: 'unblocked' });
});

test('while RabbitMQ blocks its publishers, what may be lost fails at once', async (context) => {
  const ground = await play(context);
  const proxy = await ground.proxy();
  const broker = await ground.broker({ proxy });
  proxy.inject(methodFrame(10, 60, Buffer.from('\x04disk', 'latin1')));
  await eventually(() => assert.equal(ground.events.at(-1)?.kind, 'blocked'));
  const durable = broker.publisher.publish([ground.message()]);
  const question = broker.publisher.publish([ground.message('q', { transient: true })]);
  const outcome = (await Promise.race([question, sleep(1_000, undefined)]))?.[0];
  proxy.inject(methodFrame(10, 61));
  assert.ok(outcome?.status === 'failed' && outcome.refused);
  allConfirmed(await durable);
});

test('a connection that is lost while blocked lets waiting publishes fail', async (context) => {
  const ground = await play(context);
  const proxy = await ground.proxy();
  const broker = await ground.broker({ proxy });
  proxy.inject(methodFrame(10, 60, Buffer.from('\x04disk', 'latin1')));
  await eventually(() => assert.equal(ground.events.at(-1)?.kind, 'blocked'));
  const publishing = broker.publisher.publish([ground.message()]);
  await proxy.down();
  const [outcome] = await publishing;
  assert.equal(outcome?.status, 'failed');
});

test('thousands of messages at once pass the full write buffer', async (context) => {
  const ground = await play(context);
  const broker = await ground.broker();
  const body = Buffer.alloc(5_000);
  const messages = Array.from({ length: 5_000 }, () => ({ ...ground.message(), body }));
  allConfirmed(await broker.publisher.publish(messages));
});

/** `connection.blocked` and `connection.unblocked` on channel 0, as RabbitMQ sends them (AMQP 0-9-1, 4.2.4). */
function methodFrame(classId: number, methodId: number, fields: Buffer = Buffer.alloc(0)): Buffer {
  const head = Buffer.alloc(11);
  head.writeUInt8(1, 0);
  head.writeUInt32BE(4 + fields.length, 3);
  head.writeUInt16BE(classId, 7);
  head.writeUInt16BE(methodId, 9);
  return Buffer.concat([head, fields, Buffer.from([0xce])]);
}
