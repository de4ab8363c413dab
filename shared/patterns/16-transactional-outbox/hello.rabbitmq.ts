// State and message are written in one transaction; what waits in the outbox is deleted once RabbitMQ has confirmed it.
import { connect } from 'amqplib';
import pg from 'pg';

const database = new pg.Client(process.env['POSTGRES_URL'] ?? 'postgres://localhost');
await database.connect();
await database.query('create temporary table orders (id text primary key)');
await database.query('create temporary table outbox (id bigint generated always as identity, body text)');
const connection = await connect(process.env['RABBITMQ_URL'] ?? 'amqp://localhost');
const channel = await connection.createConfirmChannel();
const { queue } = await channel.assertQueue('', { exclusive: true });

await database.query('begin');
await database.query("insert into orders values ('order-1')");
await database.query("insert into outbox (body) values ('order.created order-1')");
await database.query('commit');
console.log('committed: the order, and the message that tells of it');

// The relay, which may die wherever it likes: what has not been deleted is sent again.
const { rows } = await database.query('select id, body from outbox order by id limit 200');
for (const { id, body } of rows) channel.sendToQueue(queue, Buffer.from(body), { messageId: id });
await channel.waitForConfirms();
await database.query('delete from outbox where id = any($1::bigint[])', [rows.map(({ id }) => id)]);
console.log(`confirmed and deleted: ${rows.length}`);

const message = await channel.get(queue, { noAck: true });
console.log(`in the queue: ${message ? message.content : 'nothing'}`);
await channel.close(); // The exclusive queue and the temporary tables go with their connections.
await Promise.all([connection.close(), database.end()]);
