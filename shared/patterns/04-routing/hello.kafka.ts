// The key of a message chooses its partition: one order's events stay in order, and orders are spread over the partitions.
import { Kafka, logLevel, Partitioners } from 'kafkajs';

const brokers = (process.env['KAFKA_BROKERS'] ?? 'localhost:9092').split(',');
const kafka = new Kafka({ brokers, logLevel: logLevel.NOTHING });
const admin = kafka.admin();
const producer = kafka.producer({ createPartitioner: Partitioners.DefaultPartitioner });
await Promise.all([admin.connect(), producer.connect()]);
const topic = `events-${Date.now()}`;
await admin.createTopics({ topics: [{ topic, numPartitions: 3 }] });

const orders = ['order-1', 'order-2', 'order-3', 'order-4', 'order-5', 'order-6'];
for (const value of ['created', 'paid']) {
  await producer.send({ topic, acks: -1, messages: orders.map((key) => ({ key, value })) });
}

// A group that has never read begins at the newest, unless it says otherwise: what was there before it would be skipped.
const consumer = kafka.consumer({ groupId: `audit-${topic}` });
await consumer.connect();
await consumer.subscribe({ topic, fromBeginning: true });
const read: string[] = [];
await consumer.run({
  eachMessage: async ({ partition, message }) => {
    read.push(`partition ${partition}: ${message.key} ${message.value}`);
  },
});
while (read.length < 2 * orders.length) await new Promise((resolve) => setTimeout(resolve, 20));
await consumer.disconnect();
// Who wants chosen partitions only has a group of his own, and pauses the others before the first fetch.
const chosen = kafka.consumer({ groupId: `chosen-${topic}` });
await chosen.connect();
await chosen.subscribe({ topic, fromBeginning: true });
chosen.on(chosen.events.GROUP_JOIN, () => chosen.pause([{ topic, partitions: [1, 2] }]));
const { promise: first, resolve } = Promise.withResolvers<string>();
await chosen.run({ eachMessage: async ({ partition, message }) => resolve(`${partition}: ${message.key}`) });
console.log(`read alone, partition ${await first}`);
await chosen.disconnect();
for (const line of read.toSorted()) console.log(line);
await admin.deleteTopics({ topics: [topic] });
await Promise.all([admin.disconnect(), producer.disconnect()]);
