// A saga that nobody conducts. The key of every event is the order, so all events of one order keep their order.
import { Kafka, logLevel } from 'kafkajs';

const brokers = (process.env['KAFKA_BROKERS'] ?? 'localhost:9092').split(',');
const kafka = new Kafka({ brokers, logLevel: logLevel.NOTHING });
const [admin, producer] = [kafka.admin(), kafka.producer()];
await Promise.all([admin.connect(), producer.connect()]);
const topic = `order-events-${Date.now()}`; // A topic that is deleted and made again too soon confuses everybody.
await admin.createTopics({ topics: [{ topic, numPartitions: 3 }] });

const say = (event: string, orderId: string) =>
  producer.send({ topic, acks: -1, messages: [{ key: orderId, value: event }] });

const { promise: over, resolve } = Promise.withResolvers<void>();
type Part = (orderId: string) => Promise<unknown>;
async function join(service: string, parts: Readonly<Record<string, Part>>) {
  const consumer = kafka.consumer({ groupId: `${service}-${topic}` }); // A group each: every service hears everything.
  await consumer.connect();
  await consumer.subscribe({ topic, fromBeginning: true });
  const eachMessage = async ({ message }: { message: { key: Buffer | null; value: Buffer | null } }) => {
    const part = parts[String(message.value)];
    if (part) console.log(`${service} hears ${message.value}`);
    await part?.(String(message.key)); // The offset is committed only when the next event is stored.
  };
  await consumer.run({ eachMessage });
  return consumer;
}
const services = await Promise.all([
  join('inventory', {
    'order.created': (id) => say('inventory.reserved', id),
    'payment.failed': (id) => say('inventory.released', id), // It undoes its own part.
  }),
  join('payment', { 'inventory.reserved': (id) => say('payment.failed', id) }), // The card is declined.
  join('order', { 'inventory.released': async (id) => resolve(console.log(`order ${id} is cancelled`)) }),
]);
await say('order.created', '1');
await over;
await Promise.all(services.map((service) => service.disconnect()));
await admin.deleteTopics({ topics: [topic] });
await Promise.all([admin.disconnect(), producer.disconnect()]);
