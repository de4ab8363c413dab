import { deepStrictEqual, strictEqual } from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { type TestContext, test } from 'node:test';
import type { Broker } from '@conveyor/brokers';
import type { JournalEntry } from '@conveyor/contracts/messages';
import { accountHeaders } from '@conveyor/patterns/dead-letter-queue/account';
import { deadLetterTopicName } from '@conveyor/patterns/dead-letter-queue/kafka';
import { deadLetterQueueName } from '@conveyor/patterns/dead-letter-queue/rabbitmq';
import { buildMessage } from '@conveyor/testing/build-message';
import { eventually } from '@conveyor/testing/eventually';
import { createTestDatabase } from '@conveyor/testing/test-database';
import { startTestKafka } from '@conveyor/testing/test-kafka';
import { startTestRabbit, testQueue } from '@conveyor/testing/test-rabbit';
import { uniqueName } from '@conveyor/testing/unique-name';
import { createLogger } from '../logger.ts';
import { startDeadLetterSinks } from './sinks.ts';

const log = createLogger('test', 'silent');
const timeoutMs = 20_000;

async function scene(t: TestContext) {
  const schema = (name: string) => readFile(new URL(name), 'utf8');
  const database = await createTestDatabase([
    await schema(import.meta.resolve('@conveyor/patterns/dead-letter-queue/schema.sql')),
    await schema(new URL('../journal/schema.sql', import.meta.url).href),
  ]);
  const service = uniqueName('service');
  const consumers = [`${service}.events`, `${service}.commands`];
  const queues = consumers.map(deadLetterQueueName);
  const topics = consumers.map(deadLetterTopicName);
  // Nobody takes from the work queues, so that RabbitMQ itself sets aside what comes there.
  const work = consumers.map((name) =>
    testQueue(name, {
      'x-message-ttl': 1,
      'x-dead-letter-exchange': '',
      'x-dead-letter-routing-key': deadLetterQueueName(name),
    }),
  );
  const rabbit = await startTestRabbit({ queues: [...work, ...queues.map((name) => testQueue(name))] });
  const kafka = await startTestKafka(topics, 1);
  const sinks = startDeadLetterSinks({ service, consumers, brokers: [rabbit, kafka], database, log });
  t.after(async () => {
    await Promise.all(sinks.map((sink) => sink.stop(1_000)));
    await Promise.all([rabbit.close(), kafka.close()]);
    await database.drop();
  });
  const send = async (broker: Broker, channel: string, headers = {}, attributes = {}) => {
    const address = broker.name === 'kafka' ? { channel } : { channel: '', key: channel };
    await broker.publisher.publish([buildMessage({ ...address, headers, attributes })]);
  };
  return { consumers, database, rabbit, kafka, queues, topics, sinks, send };
}

test('the letters of every consumer of a service come into its table, from both brokers', async (t) => {
  const { database, rabbit, kafka, queues, topics, sinks, send } = await scene(t);
  strictEqual(sinks.length, 3);
  for (const queue of queues) await send(rabbit, queue);
  for (const topic of topics) await send(kafka, topic);
  await eventually(
    async () => {
      const { rows } = await database.query<{ readonly queue: string }>('select queue from dead_letters');
      deepStrictEqual(rows.map(({ queue }) => queue).sort(), [...queues, ...topics].sort());
    },
    { timeoutMs },
  );
});

test('what the broker set aside, of which no consumer has told, is told to the flight recorder', async (t) => {
  const { consumers, database, rabbit, queues, send } = await scene(t);
  const [consumer = ''] = consumers;
  const [queue = ''] = queues;
  const [ofBroker, ofConsumer] = [randomUUID(), randomUUID()];
  const order = (subject: string) => ({ subject, saga: 'choreography', broker: 'rabbitmq' });
  await send(rabbit, consumer, {}, order(ofBroker));
  await send(rabbit, queue, { [accountHeaders.reason]: 'permanent' }, order(ofConsumer));
  await eventually(async () => strictEqual((await database.query('select from dead_letters')).rowCount, 2));
  const { rows } = await database.query<{ readonly entry: JournalEntry }>('select entry from journal_outbox');
  deepStrictEqual(
    rows.map(({ entry }) => [entry.orderId, entry.kind, entry.consumer, entry.detail]),
    [[ofBroker, 'dead-lettered', consumer, 'broker-expired']],
  );
});
