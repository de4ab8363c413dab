import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, before, type TestContext, test } from 'node:test';
import type { Broker } from '@conveyor/brokers';
import { failedMessages } from '@conveyor/patterns/dead-letter-queue/failed-messages';
import { PermanentFault } from '@conveyor/patterns/dead-letter-queue/failure';
import { buildMessage } from '@conveyor/testing/build-message';
import { collect } from '@conveyor/testing/collect';
import { eventually } from '@conveyor/testing/eventually';
import { createTestDatabase, type TestDatabase } from '@conveyor/testing/test-database';
import { startTestKafka } from '@conveyor/testing/test-kafka';
import { startTestRabbit, testQueue } from '@conveyor/testing/test-rabbit';
import { uniqueName } from '@conveyor/testing/unique-name';
import { type AtLeastOnceOptions, atLeastOnce } from './at-least-once.ts';

const timeoutMs = 20_000;

let database: TestDatabase;
before(async () => {
  const schema = new URL(import.meta.resolve('@conveyor/patterns/dead-letter-queue/schema.sql'));
  database = await createTestDatabase([await readFile(schema, 'utf8')]);
});
after(() => database.drop());

/** Each test has its own: what one leaves unacknowledged is nothing to another. */
interface Channels {
  readonly work: string;
  readonly dead: string;
}

const starts = {
  rabbitmq: ({ work, dead }: Channels) => startTestRabbit({ queues: [testQueue(work), testQueue(dead)] }),
  kafka: ({ work, dead }: Channels) => startTestKafka([work, dead]),
};

for (const [name, start] of Object.entries(starts)) {
  const addressOf = (channel: string) => (name === 'kafka' ? { channel } : { channel: '', key: channel });

  async function begin(t: TestContext) {
    const channels = { work: uniqueName('work'), dead: uniqueName('dead') };
    const broker = await start(channels);
    t.after(() => broker.close());
    const group = uniqueName('group');
    return {
      ...channels,
      broker,
      consume: (doWork: AtLeastOnceOptions['work']) => consume(t, broker, group, channels, doWork),
    };
  }

  function consume(
    t: TestContext,
    broker: Broker,
    group: string,
    { work, dead }: Channels,
    doWork: AtLeastOnceOptions['work'],
  ) {
    const consumer = broker.consume({
      name: group,
      channels: [work],
      concurrency: 10,
      onDelivery: atLeastOnce({
        work: doWork,
        delayBefore: () => undefined,
        ...failedMessages({
          consumer: group,
          broker,
          database,
          places: {
            retry: () => assert.fail('there is one try'),
            dead: () => ({ key: '', ...addressOf(dead) }),
          },
          delayBefore: () => undefined,
          inOrder: false,
        }),
      }),
    });
    t.after(() => consumer.stop(1_000));
    return consumer;
  }

  test(`${name}: a message whose work was cut short is delivered again, and none is lost or left over`, async (t) => {
    const { broker, work, consume } = await begin(t);
    const messages = Array.from({ length: 20 }, () => buildMessage(addressOf(work)));
    await broker.publisher.publish(messages);

    const begun = new Set<string>();
    const first = consume((delivery, signal) => {
      begun.add(delivery.attributes.id ?? '');
      return new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
    });
    await eventually(() => assert.ok(begun.size > 0), { timeoutMs });
    await first.stop(1_000);

    const done: string[] = [];
    const second = consume(async (delivery) => {
      done.push(delivery.attributes.id ?? '');
    });
    await eventually(() => assert.equal(done.length, messages.length), { timeoutMs });
    assert.deepEqual(new Set(done), new Set(messages.map((message) => message.attributes.id)));
    await second.stop(1_000);

    // All were acknowledged: what comes next is new.
    const third: string[] = [];
    consume(async (delivery) => {
      third.push(delivery.attributes.id ?? '');
    });
    const next = buildMessage(addressOf(work));
    await broker.publisher.publish([next]);
    await eventually(() => assert.deepEqual(third, [next.attributes.id]), { timeoutMs });
  });

  test(`${name}: a message that can never be handled is among the dead letters, and no longer in the way`, async (t) => {
    const { broker, work, dead, consume } = await begin(t);
    const [bad, good] = [
      buildMessage({ ...addressOf(work), body: 'bad' }),
      buildMessage({ ...addressOf(work), body: 'good' }),
    ];
    const done: string[] = [];
    consume(async (delivery) => {
      if (delivery.body.toString() === 'bad') throw new PermanentFault('broken', 'Cannot be read');
      done.push(delivery.attributes.id ?? '');
    });
    await broker.publisher.publish([bad, good]);
    await eventually(() => assert.deepEqual(done, [good.attributes.id]), { timeoutMs });

    const { deliveries, consumer } = collect(broker, dead);
    t.after(() => consumer.stop(1_000));
    await eventually(
      () =>
        assert.deepEqual(
          deliveries.map(({ attributes }) => attributes.id),
          [bad.attributes.id],
        ),
      { timeoutMs },
    );
  });
}
