// A saga that nobody conducts: each service hears an event, does its part, and says so. Shortened: each event has one hearer.
import { connect } from 'amqplib';

const connection = await connect(process.env['RABBITMQ_URL'] ?? 'amqp://localhost');
const channel = await connection.createConfirmChannel();
const events = 'hello-order-events';
await channel.assertExchange(events, 'topic', { durable: true });

async function say(event: string, orderId: string): Promise<void> {
  channel.publish(events, event, Buffer.from(orderId), { persistent: true });
  await channel.waitForConfirms();
}

const { promise: over, resolve, reject } = Promise.withResolvers<void>();
const queues: string[] = [];
async function hear(event: string, service: string, work: (orderId: string) => Promise<void>): Promise<void> {
  const queue = `${service}.${event}`;
  queues.push(queue);
  await channel.assertQueue(queue, { durable: true });
  await channel.bindQueue(queue, events, event);
  await channel.consume(queue, (message) => {
    if (!message) return;
    console.log(`${service} hears ${event}`);
    work(message.content.toString()).then(() => channel.ack(message), reject);
  });
}

await hear('order.created', 'inventory', (id) => say('inventory.reserved', id));
await hear('inventory.reserved', 'payment', (id) => say('payment.failed', id)); // The card is declined.
await hear('payment.failed', 'inventory', (id) => say('inventory.released', id)); // It undoes its own part.
await hear('inventory.released', 'order', async (id) => resolve(console.log(`order ${id} is cancelled`)));

await say('order.created', '1');
await over;
for (const queue of queues) await channel.deleteQueue(queue);
await channel.deleteExchange(events);
await connection.close();
