// Kafka knows no priority: each level has a topic, and the worker looks into the higher ones first.
import { Kafka, logLevel } from 'kafkajs';

const brokers = (process.env['KAFKA_BROKERS'] ?? 'localhost:9092').split(',');
const kafka = new Kafka({ brokers, logLevel: logLevel.NOTHING });
const [admin, producer] = [kafka.admin(), kafka.producer()];
await Promise.all([admin.connect(), producer.connect()]);
const run = Date.now(); // A topic that is deleted and made again too soon confuses everybody.
const topics = ['high', 'normal', 'low'].map((level) => `tasks-${level}-${run}`);
await admin.createTopics({ topics: topics.map((topic) => ({ topic, numPartitions: 1 })) });
for (const topic of topics.toReversed()) {
  await producer.send({ topic, acks: -1, messages: [{ key: 'any', value: `a task of ${topic}` }] });
  console.log(`sent to ${topic}`);
}

/** Works off what waits in one topic. */
async function drain(topic: string): Promise<void> {
  const consumer = kafka.consumer({ groupId: `worker-${topic}` });
  await consumer.connect();
  await consumer.subscribe({ topic, fromBeginning: true });
  const { promise, resolve } = Promise.withResolvers<void>();
  await consumer.run({
    eachMessage: async ({ message }) => {
      console.log(`working: ${message.value}`);
      resolve();
    },
  });
  await promise;
  await consumer.disconnect();
}

for (const topic of topics) await drain(topic); // Strict: while there is anything high, the low ones wait.
await admin.deleteTopics({ topics });
await admin.deleteGroups(topics.map((topic) => `worker-${topic}`));
await Promise.all([admin.disconnect(), producer.disconnect()]);
