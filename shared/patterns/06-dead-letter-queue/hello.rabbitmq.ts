// A message that nobody can handle is rejected, and RabbitMQ moves it to the dead letters, where a person finds it.
import { connect } from 'amqplib';

const connection = await connect(process.env['RABBITMQ_URL'] ?? 'amqp://localhost');
const channel = await connection.createConfirmChannel();
const run = Date.now();
const [tasks, dlx, dead] = [`tasks-${run}`, `dlx-${run}`, `dead-letters-${run}`];
await channel.assertExchange(dlx, 'direct');
await channel.assertQueue(dead, { durable: true });
await channel.bindQueue(dead, dlx, tasks);
// With the key that the binding knows: without it the message would keep its own.
await channel.assertQueue(tasks, { durable: true, deadLetterExchange: dlx, deadLetterRoutingKey: tasks });
channel.sendToQueue(tasks, Buffer.from('not { json'), { persistent: true });
await channel.waitForConfirms();

await channel.consume(tasks, (message) => {
  if (!message) return;
  console.log(`"${message.content}" can never work: rejected, not requeued`);
  channel.nack(message, false, false);
});
await new Promise<void>((resolve) => {
  void channel.consume(dead, (message) => {
    if (!message) return;
    const [death] = message.properties.headers?.['x-death'] ?? [];
    console.log(`dead letter: "${message.content}", ${death?.reason} in ${death?.queue}`);
    channel.ack(message);
    resolve();
  });
});
await channel.deleteQueue(tasks);
await channel.deleteQueue(dead);
await channel.deleteExchange(dlx);
await connection.close();
