// A producer behind a breaker: while the broker is said to be away nothing is sent, and what waits (here in memory: see 16) is sent afterwards.
import { connect } from 'amqplib';

const connection = await connect(process.env['RABBITMQ_URL'] ?? 'amqp://localhost');
const channel = await connection.createConfirmChannel();
const queue = `orders-${Date.now()}`;
await channel.assertQueue(queue, { durable: true });
const pauseMs = 200;
let [failures, openUntil, isAway] = [0, 0, true];

async function publish(order: string): Promise<void> {
  if (Date.now() < openUntil) throw new Error('the breaker is open');
  try {
    if (isAway) throw new Error('the broker is away'); // Pretended, so that nobody has to stop one.
    channel.sendToQueue(queue, Buffer.from(order), { persistent: true });
    await channel.waitForConfirms();
    failures = 0;
  } catch (error) {
    failures += 1;
    if (failures >= 3) openUntil = Date.now() + pauseMs;
    throw error;
  }
}

const waiting = ['order 1', 'order 2'];
for (let calls = 1; waiting.length > 0; calls += 1) {
  try {
    await publish(waiting[0] ?? '');
    console.log(`sent: ${waiting.shift()}`); // Only now: until it is confirmed it waits.
  } catch (error) {
    console.log(`${waiting[0]} waits: ${error instanceof Error ? error.message : error}`);
    isAway = calls < 4;
    await new Promise((resolve) => setTimeout(resolve, 60));
  }
}
await channel.deleteQueue(queue);
await channel.close();
await connection.close();
