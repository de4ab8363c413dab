// The same message twice, one effect: inbox row and effect are one transaction, and only then comes the acknowledgement.
import { connect } from 'amqplib';
import pg from 'pg';

const database = new pg.Client(process.env['POSTGRES_URL'] ?? 'postgres://localhost');
await database.connect();
await database.query('create temporary table inbox (message_id text primary key)');
await database.query('create temporary table payments (order_id text)');
const connection = await connect(process.env['RABBITMQ_URL'] ?? 'amqp://localhost');
const channel = await connection.createConfirmChannel();
const { queue } = await channel.assertQueue(`payments-${Date.now()}`, { durable: true });
for (let times = 0; times < 2; times++)
  channel.sendToQueue(queue, Buffer.from('order-1'), { messageId: 'message-1', persistent: true });
await channel.waitForConfirms();
async function handleOnce(id: string, orderId: string): Promise<void> {
  await database.query('begin');
  try {
    const { rowCount } = await database.query('insert into inbox values ($1) on conflict do nothing', [id]);
    if (rowCount === 1) await database.query('insert into payments values ($1)', [orderId]);
    await database.query('commit');
    console.log(`${id}: ${rowCount === 1 ? `charged ${orderId}` : 'seen before, nothing done'}`);
  } catch (error) {
    await database.query('rollback'); // With the effect its inbox row is gone, too: it is new when it comes again.
    throw error;
  }
}
await channel.prefetch(1);
await new Promise<void>((resolve, reject) => {
  let left = 2;
  const handle = async (message: Parameters<Parameters<typeof channel.consume>[1]>[0]) => {
    if (!message) return;
    await handleOnce(message.properties.messageId, message.content.toString());
    channel.ack(message);
    if (--left === 0) resolve();
  };
  void channel.consume(queue, (message) => void handle(message).catch(reject));
});
console.log(`payments: ${(await database.query('select from payments')).rowCount}`);
await channel.deleteQueue(queue);
await Promise.all([connection.close(), database.end()]);
