// Takes a message of a queue or topic, says so, and keeps it in hand until it is killed.
import { nothingNew } from '../stage/ground.ts';
import { kafkaGround } from '../stage/kafka-ground.ts';
import { rabbitGround } from '../stage/rabbit-ground.ts';
import type { HolderAssignment } from './holder-process.ts';

const { broker, servers, name, channels } = JSON.parse(process.env['HOLDER'] ?? '{}') as HolderAssignment;
const ground = broker === 'rabbitmq' ? rabbitGround(servers.rabbitmq) : kafkaGround(servers.kafka);
const connection = ground.broker(nothingNew, 'holder', () => {});
connection.start();
await connection.connected(AbortSignal.timeout(20_000));
const consumer = connection.consume({
  name,
  channels,
  concurrency: 1,
  onDelivery() {
    process.send?.('has one');
    return new Promise(() => {});
  },
});
while (!consumer.consuming) await new Promise((resolve) => setTimeout(resolve, 5));
process.send?.('ready');
process.on('disconnect', () => process.exit(1));
