import { connect } from 'amqplib';
import { Kafka, logLevel } from 'kafkajs';

/**
 * BUG: a star is one word. "Everything about orders", and it is, as long as every type has two words. `order.item.added` has three:
 * it passes by, and since somebody else took it, it does not even come back as unroutable.
 */
export const everythingAboutOrders = 'order.*';

/**
 * BUG: a confirm taken for a delivery. RabbitMQ confirms a message as soon as it is where the bindings lead it; without
 * a binding that is nowhere. Without `mandatory` the sender hears nothing but the confirm.
 */
export async function sendConfirmed(
  url: string,
  exchange: string,
  keys: readonly string[],
  onSent: (key: string) => Promise<void>,
): Promise<() => Promise<void>> {
  const connection = await connect(url);
  const channel = await connection.createConfirmChannel();
  for (const key of keys) {
    channel.publish(exchange, key, Buffer.from(key), { persistent: true });
    await channel.waitForConfirms();
    await onSent(key);
  }
  return () => connection.close();
}

/**
 * BUG: one exchange, declared in two ways. Whoever listens declares what he listens to, "so that it is there"; then what it is stands
 * in two places. As soon as they differ RabbitMQ refuses (406) and closes the channel. The error is in the log, the process runs, and
 * its consumer never begins. With queues it is the same.
 */
export async function declareItMyself(
  url: string,
  exchange: string,
  queue: string,
  handle: (body: Buffer) => Promise<void>,
  log: (error: Error) => void,
): Promise<() => Promise<void>> {
  const connection = await connect(url);
  const channel = await connection.createChannel();
  channel.on('error', log);
  const begin = async () => {
    await channel.assertExchange(exchange, 'direct', { durable: true });
    await channel.bindQueue(queue, exchange, 'order.created');
    await channel.consume(queue, (message) => {
      if (!message) return;
      void handle(message.content)
        .then(() => channel.ack(message))
        .catch(log);
    });
  };
  await begin().catch(() => {});
  return () => connection.close();
}

/**
 * BUG: a new group begins at the newest. It is what a Kafka client does if nobody says otherwise, and whoever tries it out starts the
 * consumer first. In production the events were there before the service that wants them.
 */
export async function fromTheNewest(
  brokers: readonly string[],
  groupId: string,
  topic: string,
  handle: (body: Buffer) => Promise<void>,
): Promise<() => Promise<void>> {
  const kafka = new Kafka({ brokers: [...brokers], logLevel: logLevel.NOTHING });
  const consumer = kafka.consumer({ groupId });
  await consumer.connect();
  await consumer.subscribe({ topic });
  await consumer.run({ eachMessage: async ({ message }) => handle(message.value ?? Buffer.alloc(0)) });
  return () => consumer.disconnect();
}

/**
 * BUG: one hot partition. "All events of orders belong together, so they get one key": then they are in one partition, with one
 * reader, however many partitions there are and however many readers are started. All are in order, and nobody needs that.
 * An empty key is constant, too (kafkajs hashes it like any other); no key at all spreads the events, and then those of one order overtake each other.
 */
export function constantKey(): string {
  return 'orders';
}
