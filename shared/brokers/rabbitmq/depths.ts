import { Availability } from '../availability.ts';
import { RabbitConnection } from './connection.ts';

/** Reads how many messages are in queues. */
export interface QueueDepths {
  /**
   * Queue → messages that nobody has in hand. Asks the broker for each, over one channel; it needs no more rights than a consumer.
   * Waits for the connection; rejects when `signal` has fired, or when there is no such queue.
   */
  read(queues: readonly string[], signal: AbortSignal): Promise<ReadonlyMap<string, number>>;
  close(): Promise<void>;
}

/** Connects when it is asked for the first time, and from then on stays connected. `name` is shown on the management page. */
export function openQueueDepths({ url, name }: { readonly url: string; readonly name: string }): QueueDepths {
  const topology = { exchanges: [], queues: [], bindings: [] };
  const availability = new Availability(['rabbitmq'], () => {});
  const connection = new RabbitConnection({
    url,
    name,
    topology,
    onUp: () => availability.up('rabbitmq'),
    onDown: (error) => availability.down('rabbitmq', error),
  });
  let isStarted = false;

  return {
    async read(queues, signal) {
      if (!isStarted) connection.start();
      isStarted = true;
      await availability.wait(signal);
      // The question for a queue that does not exist closes its channel: so each reading has one of its own.
      const channel = await connection.createChannel();
      channel.on('error', () => {});
      try {
        const depths = new Map<string, number>();
        for (const queue of queues) {
          signal.throwIfAborted();
          depths.set(queue, (await channel.checkQueue(queue)).messageCount);
        }
        return depths;
      } finally {
        await close(channel);
      }
    },
    close: () => connection.close(),
  };
}

/** On a channel that has closed, amqplib throws. */
async function close(channel: { close(): Promise<void> }): Promise<void> {
  try {
    await channel.close();
  } catch {}
}
