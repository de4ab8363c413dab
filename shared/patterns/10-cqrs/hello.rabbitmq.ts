// The read side: events become documents that can be searched. What comes again changes nothing, by its version.
import { connect } from 'amqplib';

const connection = await connect(process.env['RABBITMQ_URL'] ?? 'amqp://localhost');
const channel = await connection.createConfirmChannel();
const { queue } = await channel.assertQueue(`order-events-${Date.now()}`, { durable: true });

const created = { order: 'order-1', version: 1, status: 'created' };
const paid = { order: 'order-1', version: 2, status: 'paid' };
const sent = [created, paid, created]; // The first comes again, as it may.
for (const event of sent)
  channel.sendToQueue(queue, Buffer.from(JSON.stringify(event)), { persistent: true });
await channel.waitForConfirms();

const documents = new Map<string, typeof created>();
let handled = 0;
await new Promise<void>((resolve) => {
  void channel.consume(queue, (message) => {
    if (!message) return;
    const event: typeof created = JSON.parse(message.content.toString());
    const known = documents.get(event.order)?.version ?? 0;
    if (event.version > known + 1) throw new Error('an event is missing'); // It stops all; chapter 10 sets this order alone aside.
    const isNext = event.version === known + 1;
    if (isNext) documents.set(event.order, event);
    console.log(`${event.status}, version ${event.version}: ${isNext ? 'written' : 'passed over'}`);
    channel.ack(message); // After the document is written.
    handled += 1;
    if (handled === sent.length) resolve();
  });
});
console.log('the query finds:', [...documents.values()]);
await channel.deleteQueue(queue);
await connection.close();
