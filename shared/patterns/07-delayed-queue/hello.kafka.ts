// Kafka hands out whatever there is, so the consumer waits: a message says when it is due, and its partition is paused until then.
import { Kafka, logLevel } from 'kafkajs';

const brokers = (process.env['KAFKA_BROKERS'] ?? 'localhost:9092').split(',');
const kafka = new Kafka({ brokers, logLevel: logLevel.NOTHING });
const [admin, producer] = [kafka.admin(), kafka.producer()];
await Promise.all([admin.connect(), producer.connect()]);
const waitMs = 1_000; // The material's delay-5min has 300,000.
const topic = `delay-${waitMs}-${Date.now()}`;
await admin.createTopics({ topics: [{ topic, numPartitions: 1 }] });
const sentAt = Date.now();
const message = {
  key: 'order 7',
  value: 'cancel it if it is not paid',
  headers: { due: String(sentAt + waitMs) },
};
await producer.send({ topic, acks: -1, messages: [message] });
console.log('sent');

const consumer = kafka.consumer({ groupId: topic, maxWaitTimeInMs: 100 }); // A resumed partition is asked for after that at the latest.
await consumer.connect();
await consumer.subscribe({ topic, fromBeginning: true });
const { promise, resolve } = Promise.withResolvers<void>();
await consumer.run({
  eachBatchAutoResolve: false, // What is not resolved is fetched again; sleeping here would cost us the membership.
  eachBatch: async ({ batch, pause, resolveOffset }) => {
    for (const { offset, value, headers } of batch.messages) {
      const leftMs = Number(headers?.['due']) - Date.now();
      if (leftMs > 0) return void setTimeout(pause(), leftMs);
      console.log(`after ${Date.now() - sentAt} ms: ${value}`);
      resolveOffset(offset);
      resolve();
    }
  },
});
await promise;
await consumer.disconnect();
await admin.deleteTopics({ topics: [topic] });
await admin.deleteGroups([topic]);
await Promise.all([admin.disconnect(), producer.disconnect()]);
