import { deepStrictEqual } from 'node:assert/strict';
import { test } from 'node:test';
import { groupPerSubscriber } from '@conveyor/patterns/publish-subscribe/kafka';
import { fanout } from '@conveyor/patterns/publish-subscribe/rabbitmq';
import { buildMessage } from '@conveyor/testing/build-message';
import { collect } from '@conveyor/testing/collect';
import { eventually } from '@conveyor/testing/eventually';
import { startTestKafka } from '@conveyor/testing/test-kafka';
import { startTestRabbit, testQueue } from '@conveyor/testing/test-rabbit';
import { uniqueName } from '@conveyor/testing/unique-name';

const timeoutMs = 20_000;

test('rabbitmq: every queue bound to the fanout exchange gets every message, whatever its key', async (t) => {
  const [email, sms, other] = [uniqueName('email-queue'), uniqueName('sms-queue'), uniqueName('other')];
  const { exchange, bindings } = fanout(uniqueName('notifications'), [email, sms]);
  const broker = await startTestRabbit({
    exchanges: [exchange],
    queues: [testQueue(email), testQueue(sms), testQueue(other)],
    bindings,
  });
  t.after(() => broker.close());
  const [inEmail, inSms, inOther] = [email, sms, other].map((queue) => collect(broker, queue));
  const sent = ['a', 'b', ''].map((key) => buildMessage({ channel: exchange.name, key }));
  await broker.publisher.publish(sent);

  const ids = sent.map(({ attributes }) => attributes['id']).sort();
  for (const queue of [inEmail, inSms]) {
    await eventually(
      () => deepStrictEqual(queue?.deliveries.map(({ attributes }) => attributes['id']).sort(), ids),
      {
        timeoutMs,
      },
    );
  }
  deepStrictEqual(inOther?.deliveries, []);
  for (const each of [inEmail, inSms, inOther]) await each?.consumer.stop(1_000);
});

test('kafka: every group gets every message', async (t) => {
  const topic = uniqueName('notifications');
  const broker = await startTestKafka([topic]);
  t.after(() => broker.close());
  const sent = Array.from({ length: 5 }, () => buildMessage({ channel: topic }));
  await broker.publisher.publish(sent);

  const ids = sent.map(({ attributes }) => attributes['id']).sort();
  const subscribers = groupPerSubscriber([uniqueName('email-service'), uniqueName('sms-service')], [topic]);
  for (const { group, topics } of subscribers) {
    const seen: (string | undefined)[] = [];
    const consumer = broker.consume({
      name: group,
      channels: topics,
      concurrency: 5,
      onDelivery: async ({ attributes }) => void seen.push(attributes['id']),
    });
    t.after(() => consumer.stop(1_000));
    await eventually(() => deepStrictEqual(seen.toSorted(), ids), { timeoutMs });
  }
});
