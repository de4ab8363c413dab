// One message to a fanout exchange, two queues bound to it: each of the two services gets its own copy.
import { connect } from 'amqplib';

const connection = await connect(process.env['RABBITMQ_URL'] ?? 'amqp://localhost');
const channel = await connection.createConfirmChannel();
await channel.assertExchange('notifications', 'fanout', { durable: true });

const queues = ['email-queue', 'sms-queue'];
const copies = queues.map(() => Promise.withResolvers<void>());
for (const [n, queue] of queues.entries()) {
  await channel.assertQueue(queue, { durable: true });
  await channel.bindQueue(queue, 'notifications', ''); // A fanout exchange ignores the key.
  await channel.consume(queue, (message) => {
    if (!message) return;
    console.log(`${queue} has: ${message.content}`);
    channel.ack(message);
    copies[n]?.resolve();
  });
}

// The publisher knows the exchange, and none of the queues.
channel.publish('notifications', '', Buffer.from('order 7 is completed'), { persistent: true });
await channel.waitForConfirms();
await Promise.all(copies.map(({ promise }) => promise));

for (const queue of queues) await channel.deleteQueue(queue);
await channel.deleteExchange('notifications');
await connection.close();
