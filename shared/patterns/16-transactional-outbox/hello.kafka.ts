// State and message are written in one transaction; what waits in the outbox is deleted once Kafka has stored it.
import { Kafka, logLevel } from 'kafkajs';
import pg from 'pg';

const database = new pg.Client(process.env['POSTGRES_URL'] ?? 'postgres://localhost');
await database.connect();
await database.query('create temporary table orders (id text primary key)');
await database.query(
  'create temporary table outbox (id bigint generated always as identity, key text, body text)',
);
const brokers = (process.env['KAFKA_BROKERS'] ?? 'localhost:9092').split(',');
const kafka = new Kafka({ brokers, logLevel: logLevel.NOTHING });
const admin = kafka.admin();
const producer = kafka.producer();
await Promise.all([admin.connect(), producer.connect()]);
const topic = `order-events-${Date.now()}`;
await admin.createTopics({ topics: [{ topic, numPartitions: 1 }] });

await database.query('begin');
await database.query("insert into orders values ('order-1')");
await database.query("insert into outbox (key, body) values ('order-1', 'order.created')");
await database.query('commit');
console.log('committed: the order, and the message that tells of it');

// The relay, which may die wherever it likes: what has not been deleted is sent again.
const { rows } = await database.query('select id, key, body from outbox order by id limit 200');
const messages = rows.map(({ id, key, body }) => ({ key, value: body, headers: { id } }));
await producer.send({ topic, acks: -1, messages });
await database.query('delete from outbox where id = any($1::bigint[])', [rows.map(({ id }) => id)]);
console.log(`stored and deleted: ${rows.length}`);

const [partition] = await admin.fetchTopicOffsets(topic);
console.log(`messages in the topic: ${partition?.high}`);
await admin.deleteTopics({ topics: [topic] });
await Promise.all([admin.disconnect(), producer.disconnect(), database.end()]);
