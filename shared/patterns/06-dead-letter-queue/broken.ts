import type { Address, Broker, Delivery, OnDelivery } from '@conveyor/brokers';
import type { Queue, RabbitTopology } from '@conveyor/brokers/rabbitmq';
import { connect } from 'amqplib';

export type Work = (delivery: Delivery) => Promise<void>;

/**
 * BUG: ack after an exception. The error is caught and written to the log, so that the consumer goes on, and the
 * message is acknowledged as if it had been handled. Nobody reads that log, and the message is nowhere.
 */
export function logAndGoOn(work: Work, log: (error: unknown) => void): OnDelivery {
  return async (delivery) => {
    try {
      await work(delivery);
    } catch (error) {
      log(error);
    }
  };
}

/**
 * BUG: requeue for ever. What fails goes back to where it came from: "it will work sooner or later". What can never work goes round
 * and round, as fast as the machine can, and nobody ever sees it among the dead letters.
 */
export function requeueForEver(work: Work): OnDelivery {
  return (delivery) => work(delivery);
}

/**
 * BUG: x-dead-letter-exchange names a queue. An argument that takes the name of an exchange is given that of the queue in which
 * one wants to find the dead letters. RabbitMQ takes the declaration, and drops what is rejected.
 */
export function deadLettersToAQueue(name: string, deadQueue: string): Queue {
  return { name, type: 'classic', arguments: { 'x-dead-letter-exchange': deadQueue } };
}

/**
 * BUG: dead-letter queue bound with "". The exchange is right, and so is the binding, as long as dead letters come with an empty key. They
 * keep the key that they were sent with, no binding fits it, and RabbitMQ drops them.
 */
export function deadLettersBoundToNothing(name: string, exchange: string, deadQueue: Queue): RabbitTopology {
  return {
    exchanges: [{ name: exchange, type: 'direct' }],
    queues: [deadQueue, { name, type: 'classic', arguments: { 'x-dead-letter-exchange': exchange } }],
    bindings: [{ exchange, queue: deadQueue.name, key: '' }],
  };
}

/**
 * BUG: committed though the send failed. What cannot be handled is sent to the dead letters, and nobody looks at what came of
 * that. The topic was never made, or is full, or the broker is away: the message is acknowledged all the same.
 */
export function sendAndForget(broker: Broker, dead: Address, work: Work): OnDelivery {
  return async (delivery) => {
    try {
      await work(delivery);
    } catch {
      const { attributes, headers, body } = delivery;
      await broker.publisher.publish([{ address: dead, orderingKey: dead.key, attributes, headers, body }]);
    }
  };
}

/** A textbook's consumer of such a queue, with nothing wrong in it: it rejects what it cannot handle. */
export async function rejectWhatFails(
  url: string,
  queue: string,
  work: (body: Buffer) => Promise<unknown>,
): Promise<() => Promise<void>> {
  const connection = await connect(url);
  const channel = await connection.createChannel();
  await channel.prefetch(1);
  await channel.consume(queue, (message) => {
    if (!message) return;
    void work(message.content).then(
      () => channel.ack(message),
      () => channel.nack(message, false, false),
    );
  });
  return () => connection.close();
}
