// Two versions of a message side by side, and one consumer for both. What it does not know it sets aside, not away.
import { connect } from 'amqplib';

const connection = await connect(process.env['RABBITMQ_URL'] ?? 'amqp://localhost');
const channel = await connection.createConfirmChannel();
const [orders, deadLetters] = [`orders-${Date.now()}`, `orders-dlq-${Date.now()}`];
for (const queue of [orders, deadLetters]) await channel.assertQueue(queue, { durable: true });

// In cents: 0.1 + 0.2 is not 0.3 for a computer. The version is outside the body, in a header.
const sent = [
  { version: 1, body: { order_id: 'order-1', amount: 1900 } },
  { version: 2, body: { order_id: 'order-2', amount: 1900, currency: 'GBP' } },
  { version: 3, body: { order_id: 'order-3', parts: [] } },
];
for (const { version, body } of sent) {
  channel.sendToQueue(orders, Buffer.from(JSON.stringify(body)), { headers: { version }, persistent: true });
}
await channel.waitForConfirms();

async function handle(version: number, content: Buffer): Promise<void> {
  const body = JSON.parse(content.toString());
  if (version === 1) console.log('version 1, brought up:', { ...body, currency: 'EUR' });
  else if (version === 2) console.log('version 2:', body);
  else {
    channel.sendToQueue(deadLetters, content, { headers: { version }, persistent: true });
    await channel.waitForConfirms(); // Only when it is safe there may it be acknowledged here.
    console.log(`version ${version} is not known here: a dead letter, until we are upgraded`);
  }
}
for (let count = 0; count < sent.length; count++) {
  const message = await channel.get(orders);
  if (!message) throw new Error('a confirmed message is not there');
  await handle(Number(message.properties.headers?.['version']), message.content);
  channel.ack(message);
}
for (const queue of [orders, deadLetters]) await channel.deleteQueue(queue);
await connection.close();
