// An order that is nothing but its events: a newcomer reads the log from its beginning, and computes what the order is.
import { Kafka, logLevel } from 'kafkajs';

const brokers = (process.env['KAFKA_BROKERS'] ?? 'localhost:9092').split(',');
const kafka = new Kafka({ brokers, logLevel: logLevel.NOTHING });
const admin = kafka.admin();
const producer = kafka.producer();
await Promise.all([admin.connect(), producer.connect()]);
const topic = `order-events-${Date.now()}`; // A topic that is deleted and made again too soon confuses everybody.
const configEntries = [{ name: 'retention.ms', value: '-1' }]; // For ever. Kafka's own default is seven days.
await admin.createTopics({ topics: [{ topic, numPartitions: 1, configEntries }] });

const events = ['OrderCreated', 'OrderPaid', 'OrderShipped'];
// The key is the order, so that all its events lie in one partition, in their order.
const messages = events.map((type, index) => ({
  key: 'order-1',
  value: JSON.stringify({ version: index + 1, type }),
}));
await producer.send({ topic, acks: -1, messages });

const groupId = `newcomer-${topic}`;
const consumer = kafka.consumer({ groupId });
await consumer.connect();
await consumer.subscribe({ topic, fromBeginning: true });
let order = { version: 0, status: 'nothing' };
await new Promise<void>((resolve) => {
  const eachMessage = async ({ message }: { message: { value: Buffer | null } }) => {
    const { version, type } = JSON.parse(String(message.value));
    if (version > order.version + 1) throw new Error('an event is missing'); // It stops all; chapter 10 sets this order alone aside.
    if (version === order.version + 1) order = { version, status: type }; // One that comes again is passed over.
    console.log(`after event ${version}: ${order.status}`);
    if (order.version === events.length) resolve();
  };
  void consumer.run({ eachMessage });
});
await consumer.disconnect();
await Promise.all([admin.deleteTopics({ topics: [topic] }), admin.deleteGroups([groupId])]);
await Promise.all([admin.disconnect(), producer.disconnect()]);
