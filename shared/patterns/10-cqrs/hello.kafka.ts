// The read side: events become documents that can be searched. What comes again changes nothing, by its version.
import { Kafka, logLevel } from 'kafkajs';

const brokers = (process.env['KAFKA_BROKERS'] ?? 'localhost:9092').split(',');
const kafka = new Kafka({ brokers, logLevel: logLevel.NOTHING });
const admin = kafka.admin();
const producer = kafka.producer();
await Promise.all([admin.connect(), producer.connect()]);
const topic = `order-events-${Date.now()}`; // A topic that is deleted and made again too soon confuses everybody.
await admin.createTopics({ topics: [{ topic, numPartitions: 1 }] });

const created = { order: 'order-1', version: 1, status: 'created' };
const paid = { order: 'order-1', version: 2, status: 'paid' };
const sent = [created, paid, created]; // The first comes again, as it may.
const messages = sent.map((event) => ({ key: event.order, value: JSON.stringify(event) }));
await producer.send({ topic, acks: -1, messages });

const documents = new Map<string, typeof created>();
const groupId = `read-model-${topic}`;
const consumer = kafka.consumer({ groupId });
await consumer.connect();
await consumer.subscribe({ topic, fromBeginning: true });
await new Promise<void>((resolve) => {
  const eachMessage = async ({ message }: { message: { value: Buffer | null; offset: string } }) => {
    const event: typeof created = JSON.parse(String(message.value));
    const known = documents.get(event.order)?.version ?? 0;
    if (event.version > known + 1) throw new Error('an event is missing'); // It stops all; chapter 10 sets this order alone aside.
    const isNext = event.version === known + 1;
    if (isNext) documents.set(event.order, event);
    console.log(`${event.status}, version ${event.version}: ${isNext ? 'written' : 'passed over'}`);
    if (Number(message.offset) === sent.length - 1) resolve();
  };
  void consumer.run({ eachMessage });
});
console.log('the query finds:', [...documents.values()]);
await consumer.disconnect();
await Promise.all([admin.deleteTopics({ topics: [topic] }), admin.deleteGroups([groupId])]);
await Promise.all([admin.disconnect(), producer.disconnect()]);
