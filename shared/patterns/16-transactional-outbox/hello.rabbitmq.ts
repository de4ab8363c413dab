// State and message are written in one transaction; what waits in the outbox is deleted once RabbitMQ has confirmed it.
import { connect } from 'amqplib';
import pg from 'pg';

const database = new pg.Client(process.env['POSTGRES_URL'] ?? 'postgres://localhost');
await database.connect();
await database.query('create temporary table orders (id text primary key)');
await database.query('create temporary table outbox (id bigint generated always as identity, body text)');
const connection = await connect(process.env['RABBITMQ_URL'] ?? 'amqp://localhost');
const channel = await connection.createConfirmChannel();
const { queue } = await channel.assertQueue(`order-events-${Date.now()}`, { durable: true });
const returned = new Set<string>(); // What no queue took; it is confirmed all the same, a moment later.
channel.on('return', ({ properties }) => returned.add(properties.messageId));

await database.query('begin');
await database.query("insert into orders values ('order-1')");
await database.query("insert into outbox (body) values ('order.created order-1')");
await database.query('commit');
console.log('committed: the order, and the message that tells of it');

// The relay, which may die wherever it likes: what has not been deleted is sent again.
const { rows } = await database.query('select id, body from outbox order by id limit 200');
for (const { id: messageId, body } of rows) {
  channel.sendToQueue(queue, Buffer.from(body), { messageId, persistent: true, mandatory: true });
}
await channel.waitForConfirms();
const stored = rows.map(({ id }) => id).filter((id) => !returned.has(id));
await database.query('delete from outbox where id = any($1::bigint[])', [stored]);
console.log(`confirmed and deleted: ${stored.length}, returned: ${returned.size}`);

const message = await channel.get(queue, { noAck: true });
console.log(`in the queue: ${message ? message.content : 'nothing'}`);
await channel.deleteQueue(queue);
await Promise.all([connection.close(), database.end()]); // The temporary tables go with their connection.
