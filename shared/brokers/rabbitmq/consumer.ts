import { randomUUID } from 'node:crypto';
import type { Channel, ConsumeMessage } from 'amqplib';
import { growingPause } from '../pause.ts';
import { Pool } from '../pool.ts';
import type { ConsumeOptions, Consumer, OnBrokerEvent } from '../port.ts';
import { within } from '../time-limit.ts';
import type { RabbitConnection } from './connection.ts';
import { toDelivery } from './message.ts';

const answerMs = 2_000;

/** Consumes one queue with manual acknowledgements, on a channel of its own: delivery tags and prefetch belong to it. */
export class RabbitConsumer implements Consumer {
  readonly #options: ConsumeOptions;
  readonly #queue: string;
  readonly #stopping = new AbortController();
  readonly #consumerTag: string;
  /**
   * Prefetch bounds what one channel holds. After a reconnection handlers of the lost channel may
   * still run while the new one delivers; the pool bounds both together.
   */
  readonly #pool: Pool;
  #channel: Channel | undefined;
  #rejectionsInARow = 0;
  #stopped: Promise<void> | undefined;

  constructor(connection: RabbitConnection, options: ConsumeOptions, onEvent: OnBrokerEvent) {
    const [queue, ...more] = options.channels;
    if (queue === undefined || more.length > 0)
      throw new Error('a consumer of RabbitMQ takes exactly one queue');
    this.#options = options;
    this.#queue = queue;
    this.#consumerTag = `${options.name}.${randomUUID()}`;
    this.#pool = new Pool(options.concurrency);
    void connection.keepChannel({
      open: () => connection.createChannel(),
      use: (channel, closed) => this.#consume(channel, closed),
      onFailure: (error) => onEvent({ kind: 'consumer-failed', consumer: options.name, error }),
      signal: this.#stopping.signal,
    });
  }

  stop(graceMs: number): Promise<void> {
    this.#stopped ??= this.#stop(graceMs);
    return this.#stopped;
  }

  async #stop(graceMs: number): Promise<void> {
    this.#stopping.abort();
    const channel = this.#channel;
    if (channel)
      await within(
        answerMs,
        'cancelling',
        attempt(() => channel.cancel(this.#consumerTag)),
      ).catch(() => {});
    await within(graceMs, 'messages in hand', this.#pool.idle()).catch(() => {});
    // What is not acknowledged by now goes back to the queue.
    if (channel)
      await within(
        answerMs,
        'closing',
        attempt(() => channel.close()),
      ).catch(() => {});
  }

  async #consume(channel: Channel, closed: AbortSignal): Promise<void> {
    const over = AbortSignal.any([closed, this.#stopping.signal]);
    this.#channel = channel;
    await channel.prefetch(this.#options.concurrency);
    const receive = (message: ConsumeMessage | null) => {
      if (message) this.#pool.add(randomUUID(), () => this.#handle(channel, message, over));
      else channel.emit('error', new Error(`the broker cancelled the consumer of ${this.#queue}`));
      if (!message) void channel.close().catch(() => {});
    };
    await channel.consume(this.#queue, receive, { consumerTag: this.#consumerTag });
  }

  async #handle(channel: Channel, message: ConsumeMessage, over: AbortSignal): Promise<void> {
    if (over.aborted) return; // Not begun: the broker has it back when the channel closes.
    try {
      await this.#options.onDelivery(toDelivery(message, this.#queue), over);
    } catch {
      // Handed back at once it would return at once: a message that always fails must not keep a core busy.
      await growingPause(this.#rejectionsInARow++, over);
      settle(() => channel.nack(message, false, true));
      return;
    }
    this.#rejectionsInARow = 0;
    settle(() => channel.ack(message));
  }
}

/**
 * Tells the channel the message came on, and no other: its delivery tag means another message there.
 * A channel that has closed throws; then the broker has the message back and delivers it again.
 */
function settle(tell: () => void): void {
  try {
    tell();
  } catch {}
}

/** amqplib throws on a closed channel even where it returns a promise otherwise. */
async function attempt(action: () => Promise<unknown>): Promise<void> {
  await action();
}
