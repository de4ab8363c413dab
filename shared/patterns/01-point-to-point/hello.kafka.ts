// Four tasks in a topic of two partitions, two workers in one group: each has a partition, so each task goes to one of them.
import { Kafka, logLevel } from 'kafkajs';

const brokers = (process.env['KAFKA_BROKERS'] ?? 'localhost:9092').split(',');
const kafka = new Kafka({ brokers, logLevel: logLevel.NOTHING });
const [admin, producer] = [kafka.admin(), kafka.producer()];
await Promise.all([admin.connect(), producer.connect()]);
const topic = `tasks-${Date.now()}`; // A topic that is deleted and made again too soon confuses everybody.
const groupId = `worker-group-${topic}`;
await admin.createTopics({ topics: [{ topic, numPartitions: 2 }] });

const { promise: allDone, resolve } = Promise.withResolvers<void>();
let done = 0;

async function startWorker(name: string) {
  const consumer = kafka.consumer({ groupId, heartbeatInterval: 300 });
  const shared = Promise.withResolvers<void>();
  consumer.on(consumer.events.GROUP_JOIN, ({ payload }) => {
    if (payload.memberAssignment[topic]?.length === 1) shared.resolve();
  });
  await consumer.connect();
  await consumer.subscribe({ topic, fromBeginning: true });
  await consumer.run({
    eachMessage: async ({ partition, message }) => {
      console.log(`${name} does ${message.value} of partition ${partition}`);
      done += 1;
      if (done === 4) resolve();
    },
  });
  return { consumer, shared: shared.promise };
}
const workers = await Promise.all([startWorker('worker 1'), startWorker('worker 2')]);
await Promise.all(workers.map(({ shared }) => shared)); // The partitions are shared out when both have joined.
const messages = [1, 2, 3, 4].map((n) => ({ partition: n % 2, value: `task ${n}` }));
await producer.send({ topic, acks: -1, messages });
await allDone;
await Promise.all(workers.map(({ consumer }) => consumer.disconnect()));
await Promise.all([admin.deleteTopics({ topics: [topic] }), admin.deleteGroups([groupId])]);
await Promise.all([admin.disconnect(), producer.disconnect()]);
