// A worker that acknowledges a task only once its work is done: when it dies in between, another gets the task again.
import { connect } from 'amqplib';

const connection = await connect(process.env['RABBITMQ_URL'] ?? 'amqp://localhost');
const channel = await connection.createConfirmChannel();
await channel.assertQueue('tasks', { durable: true });
channel.sendToQueue('tasks', Buffer.from('send the invoice'), { persistent: true });
await channel.waitForConfirms();

async function work(task: string): Promise<void> {
  console.log(`working: ${task}`);
}

// The first worker takes the task and dies: its channel closes, and nothing has been acknowledged.
const first = await connection.createChannel();
await first.prefetch(1);
await new Promise((resolve) => void first.consume('tasks', resolve));
console.log('the first worker has the task, and dies');
await first.close();

const second = await connection.createChannel();
await second.prefetch(1);
await new Promise<void>((resolve, reject) => {
  const handle = async (message: Parameters<Parameters<typeof second.consume>[1]>[0]) => {
    if (!message) return;
    await work(message.content.toString());
    second.ack(message); // After the work, never before it.
    console.log(`acknowledged; it came again: ${message.fields.redelivered}`);
    resolve();
  };
  void second.consume('tasks', (message) => void handle(message).catch(reject));
});
await channel.deleteQueue('tasks');
await connection.close();
