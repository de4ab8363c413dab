// A saga with a conductor: one command after the other, and when one fails what was done is undone, in reverse.
import { Kafka, logLevel } from 'kafkajs';

const brokers = (process.env['KAFKA_BROKERS'] ?? 'localhost:9092').split(',');
const kafka = new Kafka({ brokers, logLevel: logLevel.NOTHING });
const [admin, producer] = [kafka.admin(), kafka.producer()];
await Promise.all([admin.connect(), producer.connect()]);
const [commands, replies] = [`order-commands-${Date.now()}`, `order-replies-${Date.now()}`] as const;
await admin.createTopics({ topics: [commands, replies].map((topic) => ({ topic, numPartitions: 1 })) });

async function send(topic: string, value: string): Promise<void> {
  await producer.send({ topic, acks: -1, messages: [{ key: 'order 1', value }] });
}
async function hear(topic: string, work: (text: string) => Promise<void>) {
  const consumer = kafka.consumer({ groupId: `hears-${topic}` });
  await consumer.connect();
  await consumer.subscribe({ topic, fromBeginning: true });
  await consumer.run({ eachMessage: ({ message }) => work(String(message.value)) });
  return consumer;
}

const obey = async (command: string) => {
  console.log(`  obeyed: ${command}`);
  await send(replies, command === 'Complete' ? 'Complete failed' : `${command} done`);
};
// Which command follows on which reply; a real conductor keeps in a table how far each saga has come.
const steps =
  'Reserve done, Charge, Charge done, Complete, Complete failed, Refund, Refund done, Cancel'.split(', ');
const { promise: over, resolve } = Promise.withResolvers<void>();
const conduct = async (reply: string) => {
  const command = steps.includes(reply) ? steps[steps.indexOf(reply) + 1] : undefined;
  console.log(`${reply}: ${command ?? 'the saga is over'}`);
  return command ? send(commands, command) : resolve();
};
const consumers = await Promise.all([hear(commands, obey), hear(replies, conduct)]);
await send(commands, 'Reserve');
await over;
await Promise.all(consumers.map((consumer) => consumer.disconnect()));
await admin.deleteTopics({ topics: [commands, replies] });
await Promise.all([admin.disconnect(), producer.disconnect()]);
