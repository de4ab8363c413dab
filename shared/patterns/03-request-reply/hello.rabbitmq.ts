// A remote procedure call over queues: the question says where its answer is to go, and under which id.
import { randomUUID } from 'node:crypto';
import { connect } from 'amqplib';

const connection = await connect(process.env['RABBITMQ_URL'] ?? 'amqp://localhost');
const channel = await connection.createConfirmChannel();

// The server: answers to wherever the question says, with the id that the question brought.
await channel.assertQueue('rpc_queue', { durable: true });
await channel.consume('rpc_queue', (question) => {
  if (!question) return;
  const { replyTo, correlationId } = question.properties;
  const answer = String(Number(question.content.toString()) ** 2);
  channel.sendToQueue(replyTo, Buffer.from(answer), { correlationId }, (error) => {
    if (!error) channel.ack(question); // Once the answer is with the broker.
  });
});

// The asker: a queue of its own, gone with its connection; and what it waits for, by id.
const { queue: replyTo } = await channel.assertQueue('', { exclusive: true });
const waiting = new Map<string, (answer: string) => void>();
const takeReply = (reply: Parameters<Parameters<typeof channel.consume>[1]>[0]) => {
  const id = reply?.properties.correlationId;
  waiting.get(id)?.(String(reply?.content)); // An id that nobody waits for is dropped.
};
await channel.consume(replyTo, takeReply, { noAck: true });

async function ask(question: string): Promise<string> {
  const correlationId = randomUUID();
  const { promise: answer, resolve, reject } = Promise.withResolvers<string>();
  waiting.set(correlationId, resolve);
  setTimeout(reject, 5_000, new Error('no answer in time')).unref();
  channel.sendToQueue('rpc_queue', Buffer.from(question), { replyTo, correlationId, expiration: 5_000 });
  await channel.waitForConfirms();
  return answer.finally(() => waiting.delete(correlationId));
}
console.log(`3 squared: ${await ask('3')}; 4 and 5 squared: ${await Promise.all([ask('4'), ask('5')])}`);
await channel.deleteQueue('rpc_queue');
await connection.close();
