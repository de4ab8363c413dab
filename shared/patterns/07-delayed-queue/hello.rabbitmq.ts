// A message waits in a queue that nobody consumes; when its time is over RabbitMQ moves it to the one where work is done.
import { connect } from 'amqplib';

const connection = await connect(process.env['RABBITMQ_URL'] ?? 'amqp://localhost');
const channel = await connection.createConfirmChannel();
const run = Date.now();
const waitMs = 1_000; // The material's delay-5min has 300,000.
const [tasks, delay] = [`tasks-${run}`, `delay-${waitMs}-${run}`];
await channel.assertQueue(tasks, { durable: true });
await channel.assertQueue(delay, {
  durable: true,
  messageTtl: waitMs, // Of the queue, not of a message: so the head is always the first that is due.
  deadLetterExchange: '',
  deadLetterRoutingKey: tasks,
});
channel.sendToQueue(delay, Buffer.from('cancel the order if it is not paid'), { persistent: true });
await channel.waitForConfirms();
const sentAt = performance.now();
console.log('sent');
await new Promise<void>((resolve) => {
  void channel.consume(tasks, (message) => {
    if (!message) return;
    console.log(`after ${Math.round(performance.now() - sentAt)} ms: ${message.content}`);
    channel.ack(message);
    resolve();
  });
});
await channel.deleteQueue(delay);
await channel.deleteQueue(tasks);
await connection.close();
