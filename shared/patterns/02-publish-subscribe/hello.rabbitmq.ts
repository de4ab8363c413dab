// One message to a fanout exchange, two queues bound to it: each of the two services gets its own copy.
import { connect } from 'amqplib';

const connection = await connect(process.env['RABBITMQ_URL'] ?? 'amqp://localhost');
const channel = await connection.createConfirmChannel();
// The order system has an exchange `notifications`, whose subscribers would get this message, too.
const run = Date.now();
const exchange = `notifications-${run}`;
await channel.assertExchange(exchange, 'fanout', { durable: true });

const queues = [`email-queue-${run}`, `sms-queue-${run}`];
const copies = queues.map(() => Promise.withResolvers<void>());
for (const [n, queue] of queues.entries()) {
  await channel.assertQueue(queue, { durable: true });
  await channel.bindQueue(queue, exchange, ''); // A fanout exchange ignores the key.
  await channel.consume(queue, (message) => {
    if (!message) return;
    console.log(`${queue} has: ${message.content}`);
    channel.ack(message);
    copies[n]?.resolve();
  });
}

// The publisher knows the exchange, and none of the queues.
channel.publish(exchange, '', Buffer.from('order 7 is completed'), { persistent: true });
await channel.waitForConfirms();
await Promise.all(copies.map(({ promise }) => promise));

for (const queue of queues) await channel.deleteQueue(queue);
await channel.deleteExchange(exchange);
await connection.close();
