// A producer behind a breaker: while the broker is said to be away nothing is sent, and what waits is sent afterwards.
import { Kafka, logLevel } from 'kafkajs';

const brokers = (process.env['KAFKA_BROKERS'] ?? 'localhost:9092').split(',');
const kafka = new Kafka({ brokers, logLevel: logLevel.NOTHING });
const [admin, producer] = [kafka.admin(), kafka.producer()];
await Promise.all([admin.connect(), producer.connect()]);
const topic = `orders-${Date.now()}`;
await admin.createTopics({ topics: [{ topic, numPartitions: 1 }] });
const pauseMs = 200;
let [failures, openUntil, isAway] = [0, 0, true];

async function publish(order: string): Promise<void> {
  if (Date.now() < openUntil) throw new Error('the breaker is open');
  try {
    if (isAway) throw new Error('the broker is away'); // Pretended, so that nobody has to stop one.
    await producer.send({ topic, acks: -1, messages: [{ key: order, value: order }] });
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
    console.log(`sent: ${waiting.shift()}`); // Only now: until it is stored it waits.
  } catch (error) {
    console.log(`${waiting[0]} waits: ${error instanceof Error ? error.message : error}`);
    isAway = calls < 4;
    await new Promise((resolve) => setTimeout(resolve, 60));
  }
}
await admin.deleteTopics({ topics: [topic] });
await Promise.all([admin.disconnect(), producer.disconnect()]);
