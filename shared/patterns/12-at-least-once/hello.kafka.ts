// A worker that commits its offset only once the work is done: when it dies in between, its successor gets the task again.
import { Kafka, logLevel } from 'kafkajs';

const brokers = (process.env['KAFKA_BROKERS'] ?? 'localhost:9092').split(',');
const kafka = new Kafka({ brokers, logLevel: logLevel.NOTHING });
const admin = kafka.admin();
const producer = kafka.producer();
await Promise.all([admin.connect(), producer.connect()]);
const topic = `tasks-${Date.now()}`; // A topic that is deleted and made again too soon confuses everybody.
await admin.createTopics({ topics: [{ topic, numPartitions: 1 }] });
await producer.send({ topic, acks: -1, messages: [{ key: 'invoice', value: 'send the invoice' }] });

/** One life of a worker, of the group `worker-group`. Resolves when it has one task in hand. */
async function takeOne(work: (task: string, commit: () => Promise<void>) => Promise<void>): Promise<void> {
  const consumer = kafka.consumer({ groupId: `worker-group-${topic}` });
  await consumer.connect();
  await consumer.subscribe({ topic, fromBeginning: true });
  const { promise, resolve } = Promise.withResolvers<void>();
  await consumer.run({
    autoCommit: false, // By itself kafkajs commits when eachMessage has resolved, whatever came of the work.
    eachMessage: async ({ partition, message }) => {
      const offset = String(BigInt(message.offset) + 1n);
      await work(String(message.value), () => consumer.commitOffsets([{ topic, partition, offset }]));
      resolve();
    },
  });
  await promise;
  await consumer.disconnect();
}

await takeOne(async (task) => console.log(`the first worker has "${task}", and dies`));
await takeOne(async (task, commit) => {
  console.log(`working: ${task}`);
  await commit(); // After the work, never before it.
});
await admin.deleteTopics({ topics: [topic] });
await Promise.all([admin.disconnect(), producer.disconnect()]);
