import type { Address, Attributes, Broker, Delivery, OnDelivery } from '@conveyor/brokers';
import type { Queue, RabbitTopology } from '@conveyor/brokers/rabbitmq';
import { dueAfter } from '@conveyor/patterns/delayed-queue/delayed-queue';
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
 * BUG: requeue for ever (RabbitMQ). What fails goes back to where it came from: "it will work sooner or later". What can never work
 * goes round and round, as fast as the machine can, and is never seen among the dead letters. A quorum queue ends
 * that after 20 rounds on RabbitMQ 4.0 to 4.2, by throwing the message away if it has no dead letters; from 4.3 on a `nack` is not counted.
 */
export function requeueForEver(
  url: string,
  queue: string,
  work: (body: Buffer) => Promise<unknown>,
  log: (error: unknown) => void,
): Promise<() => Promise<void>> {
  return consumePlainly(url, queue, work, log, true);
}

/**
 * BUG: reading again for ever (Kafka). A handler that rejects has the same message handed to it again, and again; whatever is behind
 * it in its partition and of its key waits for as long, which is for ever.
 */
export function readAgainForEver(work: Work): OnDelivery {
  return (delivery) => work(delivery);
}

/**
 * BUG: x-dead-letter-exchange names a queue. An argument that takes the name of an exchange is given that of the queue in which
 * one wants to find the dead letters. RabbitMQ takes the declaration, and drops what is rejected. Who has no exchange for them names
 * the default one, `""`, and the queue as `x-dead-letter-routing-key`.
 */
export function deadLettersToAQueue(name: string, deadQueue: string): Queue {
  return { name, type: 'classic', arguments: { 'x-dead-letter-exchange': deadQueue } };
}

/**
 * BUG: dead-letter queue bound with "". The exchange is right, and so is the binding, as long as dead letters come with an empty key. They
 * keep the key that they were sent with, no binding fits it, and RabbitMQ drops them. `x-dead-letter-routing-key` gives them the key
 * of the binding (`withDeadLetters`).
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

/** Where a message goes for its next try, and where it goes after the last one. */
export interface Ways {
  readonly again: (delivery: Delivery) => Address;
  readonly dead: (delivery: Delivery) => Address;
  readonly waitMs: number;
  readonly mostTries: number;
}

/**
 * BUG: retry counter that never grows. The number of the try stands in a header, and is compared with the most there may be. But
 * what is sent once more is the message as it came, with the header as it came: every try is the first one.
 */
export function retryUncounted(broker: Broker, ways: Ways, work: Work): OnDelivery {
  return async (delivery) => {
    try {
      await work(delivery);
    } catch {
      await sendOnceMore(broker, ways, delivery, delivery.headers);
    }
  };
}

/**
 * BUG: a retry that overtakes. The tries are counted, and nothing is lost. But while a message waits its consumer goes on, with the
 * next message of the same order: what came second is done first.
 */
export function retryAndGoOn(broker: Broker, ways: Ways, work: Work): OnDelivery {
  return async (delivery) => {
    try {
      await work(delivery);
    } catch {
      await sendOnceMore(broker, ways, delivery, { ...delivery.headers, try: String(tryOf(delivery) + 1) });
    }
  };
}

function tryOf({ headers }: Delivery): number {
  return Number(headers['try'] ?? 1);
}

async function sendOnceMore(
  broker: Broker,
  ways: Ways,
  delivery: Delivery,
  headers: Attributes,
): Promise<void> {
  const address = tryOf(delivery) < ways.mostTries ? ways.again(delivery) : ways.dead(delivery);
  const { attributes, body } = delivery;
  const due = dueAfter(ways.waitMs, new Date());
  const [outcome] = await broker.publisher.publish([
    { address, orderingKey: address.key, attributes, headers: { ...headers, ...due }, body },
  ]);
  if (outcome?.status !== 'confirmed') throw new Error('it was not stored');
}

/** A textbook's consumer: what fails is rejected, for whatever reason, and RabbitMQ takes it to the dead letters. */
export function rejectWhatFails(
  url: string,
  queue: string,
  work: (body: Buffer) => Promise<unknown>,
  log: (error: unknown) => void,
): Promise<() => Promise<void>> {
  return consumePlainly(url, queue, work, log, false);
}

async function consumePlainly(
  url: string,
  queue: string,
  work: (body: Buffer) => Promise<unknown>,
  log: (error: unknown) => void,
  requeue: boolean,
): Promise<() => Promise<void>> {
  const connection = await connect(url);
  const channel = await connection.createChannel();
  await channel.prefetch(5);
  await channel.consume(queue, (message) => {
    if (!message) return;
    void work(message.content)
      .then(
        () => channel.ack(message),
        () => channel.nack(message, false, requeue),
      )
      // On a channel that has closed nothing can be settled: the message comes again.
      .catch(log);
  });
  return () => connection.close();
}
