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
  const tasks = ['1st', '2nd'].map((nth) => ({ key: 'any', value: `${nth} of ${topic}` }));
  await producer.send({ topic, acks: -1, messages: tasks });
  console.log(`two sent to ${topic}`);
}

/** Works off all that waits in one topic. */
async function drain(topic: string): Promise<void> {
  const consumer = kafka.consumer({ groupId: `worker-${topic}` });
  await consumer.connect();
  await consumer.subscribe({ topic, fromBeginning: true });
  const [end] = await admin.fetchTopicOffsets(topic);
  if (!end || end.high === end.low) return consumer.disconnect(); // Nothing waits.
  const { promise, resolve } = Promise.withResolvers<void>();
  await consumer.run({
    eachMessage: async ({ message }) => {
      console.log(`working: ${message.value}`);
      if (Number(message.offset) + 1 === Number(end.high)) resolve();
    },
  });
  await promise;
  await consumer.disconnect();
}

// One pass, the highest first. Who looks into the higher ones again before each task starves the lowest; `shareOf` gives each its share.
for (const topic of topics) await drain(topic);
await admin.deleteTopics({ topics });
await admin.deleteGroups(topics.map((topic) => `worker-${topic}`));
await Promise.all([admin.disconnect(), producer.disconnect()]);
