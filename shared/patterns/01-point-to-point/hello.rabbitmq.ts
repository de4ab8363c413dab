// Four tasks in one queue, two workers: each task goes to one of them, in turn.
import { connect } from 'amqplib';

const connection = await connect(process.env['RABBITMQ_URL'] ?? 'amqp://localhost');
const producer = await connection.createConfirmChannel();
await producer.assertQueue('tasks', { durable: true });

const { promise: allDone, resolve } = Promise.withResolvers<void>();
let done = 0;

async function startWorker(name: string): Promise<void> {
  const channel = await connection.createChannel();
  await channel.prefetch(1); // One at a time: the next one only when this one is done.
  await channel.consume('tasks', (message) => {
    if (!message) return;
    console.log(`${name} does ${message.content}`);
    channel.ack(message); // After the work: now RabbitMQ forgets the task.
    done += 1;
    if (done === 4) resolve();
  });
}
await startWorker('worker 1');
await startWorker('worker 2');

for (const task of ['task 1', 'task 2', 'task 3', 'task 4']) {
  // The default exchange '' leads to the queue that has the name of the key.
  producer.publish('', 'tasks', Buffer.from(task), { persistent: true });
  await producer.waitForConfirms(); // Only now it is sent.
}
await allDone;
await producer.deleteQueue('tasks');
await connection.close();
