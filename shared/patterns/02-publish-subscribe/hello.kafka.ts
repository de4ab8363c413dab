// One message in a topic, two consumer groups: each of the two services reads it at its own position.
import { Kafka, logLevel } from 'kafkajs';

const brokers = (process.env['KAFKA_BROKERS'] ?? 'localhost:9092').split(',');
const kafka = new Kafka({ brokers, logLevel: logLevel.NOTHING });
const [admin, producer] = [kafka.admin(), kafka.producer()];
await Promise.all([admin.connect(), producer.connect()]);
const topic = `notifications-${Date.now()}`; // A topic that is deleted and made again too soon confuses everybody.
await admin.createTopics({ topics: [{ topic, numPartitions: 1 }] });

/** Resolves when the service has read one message. */
async function subscribe(groupId: string): Promise<void> {
  const consumer = kafka.consumer({ groupId });
  await consumer.connect();
  await consumer.subscribe({ topic, fromBeginning: true });
  const { promise, resolve } = Promise.withResolvers<void>();
  await consumer.run({
    eachMessage: async ({ message }) => {
      console.log(`${groupId} has: ${message.value}`);
      resolve();
    },
  });
  await promise;
  await consumer.disconnect();
}

// The producer knows the topic, and none of the groups.
const messages = [{ key: 'order 7', value: 'order 7 is completed' }];
await producer.send({ topic, acks: -1, messages });
const groups = ['email-service', 'sms-service'].map((service) => `${service}-${topic}`);
await Promise.all(groups.map(subscribe));

await admin.deleteTopics({ topics: [topic] });
await admin.deleteGroups(groups);
await Promise.all([admin.disconnect(), producer.disconnect()]);
