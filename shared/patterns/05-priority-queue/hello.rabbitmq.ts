// Three messages wait in a queue with priorities; the worker that comes then gets the highest first, whichever was sent first.
import { connect } from 'amqplib';

const connection = await connect(process.env['RABBITMQ_URL'] ?? 'amqp://localhost');
const channel = await connection.createConfirmChannel();
// One of a run's own: a queue of this name that was declared otherwise would be refused (406).
const queue = `priority-tasks-${Date.now()}`;
await channel.assertQueue(queue, { durable: true, arguments: { 'x-max-priority': 10 } });
for (const [task, priority] of [
  ['low', 1],
  ['normal', 5],
  ['high', 10],
] as const) {
  channel.sendToQueue(queue, Buffer.from(task), { persistent: true, priority });
  console.log(`sent: ${task}, priority ${priority}`);
}
await channel.waitForConfirms();
for (let n = 0; n < 3; n++) {
  const message = await channel.get(queue);
  if (!message) throw new Error('a confirmed message is missing');
  console.log(`working: ${message.content}`);
  channel.ack(message);
}
await channel.deleteQueue(queue);
await connection.close();
