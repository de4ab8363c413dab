import type { Channel } from 'amqplib';
import type { RabbitTopology } from './topology.ts';

/**
 * Declares all of `topology`. Repeating it changes nothing. What exists with other arguments is
 * refused (406 PRECONDITION_FAILED), which closes the channel: hence one of its own.
 */
export async function declareTopology(
  connection: { createChannel(): Promise<Channel> },
  topology: RabbitTopology,
): Promise<void> {
  const channel = await connection.createChannel();
  // The refused declaration rejects; without a listener the event would end the process besides.
  channel.on('error', () => {});
  for (const { name, type } of topology.exchanges) {
    await channel.assertExchange(name, type, { durable: true });
  }
  for (const { name, type, arguments: more } of topology.queues) {
    await channel.assertQueue(name, { durable: true, arguments: { 'x-queue-type': type, ...more } });
  }
  for (const { queue, exchange, key } of topology.bindings) {
    await channel.bindQueue(queue, exchange, key);
  }
  await channel.close();
}
