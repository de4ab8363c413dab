// RabbitMQ announces events, and keeps none: whoever comes later cannot learn from it what an order is.
import { connect } from 'amqplib';

const connection = await connect(process.env['RABBITMQ_URL'] ?? 'amqp://localhost');
const channel = await connection.createConfirmChannel();
const exchange = `order-events-${Date.now()}`;
await channel.assertExchange(exchange, 'fanout', { autoDelete: true });
const listener = await channel.assertQueue('', { exclusive: true });
await channel.bindQueue(listener.queue, exchange, '');

const events = ['OrderCreated', 'OrderPaid', 'OrderShipped'];
for (const [index, type] of events.entries()) {
  channel.publish(exchange, '', Buffer.from(JSON.stringify({ version: index + 1, type })));
}
await channel.waitForConfirms();

let order = { version: 0, status: 'nothing' };
await new Promise<void>((resolve) => {
  void channel.consume(listener.queue, (message) => {
    if (!message) return;
    const { version, type } = JSON.parse(message.content.toString());
    if (version > order.version + 1) throw new Error('an event is missing'); // It stops all; chapter 10 sets this order alone aside.
    if (version === order.version + 1) order = { version, status: type }; // One that comes again is passed over.
    console.log(`after event ${version}: ${order.status}`);
    channel.ack(message);
    if (order.version === events.length) resolve();
  });
});

const newcomer = await channel.assertQueue('', { exclusive: true });
await channel.bindQueue(newcomer.queue, exchange, '');
const { messageCount } = await channel.checkQueue(newcomer.queue);
console.log(`a newcomer finds ${messageCount} events: the past is only in the event store`);
await connection.close(); // The queues are exclusive, and go with it; the exchange goes with them.
