// A topic exchange compares the routing key with the pattern of each binding: * is one word, # any number of words.
import { connect } from 'amqplib';

const connection = await connect(process.env['RABBITMQ_URL'] ?? 'amqp://localhost');
const channel = await connection.createConfirmChannel();
// The material calls it `events`; the order system has one of that name, with subscribers who would get these too.
const events = `events-${Date.now()}`;
await channel.assertExchange(events, 'topic', { durable: true });

const got = new Map<string, string[]>();
for (const pattern of ['order.*', 'order.created', '*.created', '#']) {
  const { queue } = await channel.assertQueue('', { exclusive: true });
  await channel.bindQueue(queue, events, pattern);
  got.set(pattern, []);
  await channel.consume(queue, (message) => {
    if (!message) return;
    got.get(pattern)?.push(message.fields.routingKey);
    channel.ack(message);
  });
}

const keys = ['order.created', 'order.paid', 'product.created', 'order.item.created'];
for (const key of keys)
  channel.publish(events, key, Buffer.from('{}'), { persistent: true, mandatory: true });
await channel.waitForConfirms();

const arrivals = () => [...got.values()].flat().length;
while (arrivals() < 9) await new Promise((resolve) => setTimeout(resolve, 5));
for (const [pattern, taken] of got) console.log(`${pattern} gets ${taken.join(', ')}`);

// Confirmed means stored wherever a queue is bound, and that may be nowhere: only `mandatory` brings it back.
await channel.deleteExchange(events);
await channel.assertExchange(events, 'topic', { durable: true });
channel.on('return', ({ fields }) => console.log(`${fields.routingKey} came back: no queue is bound for it`));
channel.publish(events, 'order.created', Buffer.from('{}'), { persistent: true, mandatory: true });
await channel.waitForConfirms();
await channel.deleteExchange(events);
await connection.close();
