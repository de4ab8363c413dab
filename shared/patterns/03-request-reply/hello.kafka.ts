// A remote procedure call over two topics: the question says which topic its answer is to go to, and under which id.
import { randomUUID } from 'node:crypto';
import { Kafka, logLevel } from 'kafkajs';

const brokers = (process.env['KAFKA_BROKERS'] ?? 'localhost:9092').split(',');
const kafka = new Kafka({ brokers, logLevel: logLevel.NOTHING });
const [admin, producer] = [kafka.admin(), kafka.producer()];
const [requests, replies, me] = [`rpc_queue-${Date.now()}`, `rpc_replies-${Date.now()}`, randomUUID()];
const [server, asker] = [kafka.consumer({ groupId: requests }), kafka.consumer({ groupId: me })];
await Promise.all([admin, producer, server, asker].map((each) => each.connect()));
await admin.createTopics({ topics: [requests, replies].map((topic) => ({ topic, numPartitions: 1 })) });

await server.subscribe({ topic: requests, fromBeginning: true });
await server.run({
  eachMessage: async ({ message: { value, headers = {} } }) => {
    const messages = [{ value: String(Number(value) ** 2), headers: { id: headers['id'] } }];
    await producer.send({ topic: String(headers['reply-to']), acks: -1, messages });
  },
});

// All who ask may share the topic of replies: each, in a group of its own, reads all of it and takes what it waits for.
const waiting = new Map<string, (answer: string) => void>();
await asker.subscribe({ topic: replies, fromBeginning: true });
await asker.run({
  eachMessage: async ({ message: { value, headers } }) =>
    waiting.get(String(headers?.['id']))?.(String(value)),
});
async function ask(question: string): Promise<string> {
  const id = randomUUID();
  const { promise: answer, resolve, reject } = Promise.withResolvers<string>();
  setTimeout(reject, 9_000, new Error('no answer in time')).unref();
  waiting.set(id, resolve);
  const messages = [{ key: id, value: question, headers: { id, 'reply-to': replies } }];
  await producer.send({ topic: requests, acks: -1, messages });
  return answer.finally(() => waiting.delete(id));
}
console.log(`3 squared: ${await ask('3')}; 4 and 5 squared: ${await Promise.all([ask('4'), ask('5')])}`);
await Promise.all([server, asker, producer].map((each) => each.disconnect()));
await admin.deleteTopics({ topics: [requests, replies] });
await admin.disconnect();
