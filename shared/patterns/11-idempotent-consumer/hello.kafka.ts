// The same message twice, one effect: inbox row and effect are one transaction, and only then is the offset committed.
import { Kafka, logLevel } from 'kafkajs';
import pg from 'pg';

const database = new pg.Client(process.env['POSTGRES_URL'] ?? 'postgres://localhost');
const brokers = (process.env['KAFKA_BROKERS'] ?? 'localhost:9092').split(',');
const kafka = new Kafka({ brokers, logLevel: logLevel.NOTHING });
const topic = `payments-${Date.now()}`;
const [admin, producer, consumer] = [kafka.admin(), kafka.producer(), kafka.consumer({ groupId: topic })];
await Promise.all([database.connect(), admin.connect(), producer.connect(), consumer.connect()]);
await database.query('create temp table inbox (id text unique); create temp table payments (order_id text)');
await admin.createTopics({ topics: [{ topic, numPartitions: 1 }] });
const message = { key: 'order-1', value: 'order-1', headers: { id: 'message-1' } };
await producer.send({ topic, acks: -1, messages: [message, message] });
async function handleOnce(id: string, orderId: string): Promise<void> {
  await database.query('begin');
  try {
    const { rowCount } = await database.query('insert into inbox values ($1) on conflict do nothing', [id]);
    if (rowCount === 1) await database.query('insert into payments values ($1)', [orderId]);
    await database.query('commit');
    console.log(`${id}: ${rowCount === 1 ? `charged ${orderId}` : 'seen before, nothing done'}`);
  } finally {
    await database.query('rollback'); // After a commit it does nothing. After an error the inbox row goes with the effect.
  }
}
await consumer.subscribe({ topic, fromBeginning: true });
const bothHandled = Promise.withResolvers<void>();
await consumer.run({
  autoCommit: false,
  eachMessage: async ({ partition, message: { headers, value, offset } }) => {
    if (!headers?.['id']) throw new Error('no id'); // Taken for one, all that have none would be seen before.
    await handleOnce(String(headers['id']), String(value));
    await consumer.commitOffsets([{ topic, partition, offset: String(BigInt(offset) + 1n) }]);
    if (offset === '1') bothHandled.resolve();
  },
});
await bothHandled.promise;
console.log(`payments: ${(await database.query('select from payments')).rowCount}`);
await consumer.disconnect().then(() => admin.deleteTopics({ topics: [topic] }));
await Promise.all([admin.disconnect(), producer.disconnect(), database.end()]);
