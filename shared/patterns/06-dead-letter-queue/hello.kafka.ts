// Kafka has no dead letters: the consumer sends what it cannot handle to a topic for them, and only then goes past it.
import { Kafka, logLevel } from 'kafkajs';

const brokers = (process.env['KAFKA_BROKERS'] ?? 'localhost:9092').split(',');
const kafka = new Kafka({ brokers, logLevel: logLevel.NOTHING });
const [admin, producer] = [kafka.admin(), kafka.producer()];
await Promise.all([admin.connect(), producer.connect()]);
const run = Date.now();
const [tasks, dead, groupId] = [`tasks-${run}`, `tasks-dlq-${run}`, `worker-group-${run}`];
await admin.createTopics({ topics: [tasks, dead].map((topic) => ({ topic, numPartitions: 1 })) });
const messages = ['not { json', '{"task":"send the invoice"}'].map((value) => ({ key: 'any', value }));
await producer.send({ topic: tasks, acks: -1, messages });

const consumer = kafka.consumer({ groupId });
await consumer.connect();
await consumer.subscribe({ topic: tasks, fromBeginning: true });
const { promise, resolve } = Promise.withResolvers<void>();
await consumer.run({
  autoCommit: false,
  eachMessage: async ({ partition, message: { offset, key, value } }) => {
    try {
      console.log(`working: ${JSON.parse(String(value)).task}`);
      resolve();
    } catch (error) {
      // If this fails, so does the handler, and the message comes again: never commit what is not safe elsewhere.
      const letter = { key, value, headers: { reason: String(error) } };
      await producer.send({ topic: dead, acks: -1, messages: [letter] });
      console.log(`"${value}" can never work: it is in ${dead}`);
    }
    await consumer.commitOffsets([{ topic: tasks, partition, offset: String(BigInt(offset) + 1n) }]);
  },
});
await promise;
await consumer.disconnect();
await admin.deleteTopics({ topics: [tasks, dead] });
await admin.deleteGroups([groupId]);
await Promise.all([admin.disconnect(), producer.disconnect()]);
