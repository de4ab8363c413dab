// Two versions of a message side by side, and one consumer for both. What it does not know it sets aside, not away.
import { type EachMessagePayload, Kafka, logLevel } from 'kafkajs';

const brokers = (process.env['KAFKA_BROKERS'] ?? 'localhost:9092').split(',');
const kafka = new Kafka({ brokers, logLevel: logLevel.NOTHING });
const [admin, producer] = [kafka.admin(), kafka.producer()];
await Promise.all([admin.connect(), producer.connect()]);
const [topic, dlq] = [`orders-${Date.now()}`, `orders-dlq-${Date.now()}`];
await admin.createTopics({ topics: [topic, dlq].map((name) => ({ topic: name, numPartitions: 1 })) });

// In cents: 0.1 + 0.2 is not 0.3 for a computer. The version is outside the body, in a header.
const sent = [
  { version: '1', body: { order_id: 'order-1', amount: 1900 } },
  { version: '2', body: { order_id: 'order-2', amount: 1900, currency: 'GBP' } },
  { version: '3', body: { order_id: 'order-3', parts: [] } },
];
const messages = sent.map(({ version, body }) => ({ headers: { version }, value: JSON.stringify(body) }));
await producer.send({ topic, acks: -1, messages });

const groupId = `invoices-${topic}`;
const consumer = kafka.consumer({ groupId });
await consumer.connect();
await consumer.subscribe({ topic, fromBeginning: true });
await new Promise<void>((resolve) => {
  const eachMessage = async ({ message: { headers, value, offset } }: EachMessagePayload) => {
    const version = String(headers?.['version']);
    const body = JSON.parse(String(value));
    if (version === '1') console.log('version 1, brought up:', { ...body, currency: 'EUR' });
    else if (version === '2') console.log('version 2:', body);
    else {
      await producer.send({ topic: dlq, acks: -1, messages: [{ headers: { version }, value }] });
      console.log(`version ${version} is not known here: a dead letter, until we are upgraded`);
    }
    if (Number(offset) === sent.length - 1) resolve();
  };
  void consumer.run({ eachMessage });
});
await consumer.disconnect();
await Promise.all([admin.deleteTopics({ topics: [topic, dlq] }), admin.deleteGroups([groupId])]);
await Promise.all([admin.disconnect(), producer.disconnect()]);
