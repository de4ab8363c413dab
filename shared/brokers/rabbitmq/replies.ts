import { randomUUID } from 'node:crypto';
import type { Channel, ConsumeMessage } from 'amqplib';
import type { Delivery, OnBrokerEvent, ReplyInbox } from '../port.ts';
import type { ChannelEnd, RabbitConnection } from './connection.ts';
import { toDelivery } from './message.ts';

/**
 * An exclusive queue, gone with its connection and then opened anew under another name: a reply to
 * the old one cannot reach whoever waits now. Without acknowledgements, since whoever asked asks again.
 */
export class RabbitReplyInbox implements ReplyInbox {
  readonly #name: string;
  readonly #onReply: (delivery: Delivery) => void;
  readonly #stopping = new AbortController();
  #channel: Channel | undefined;
  #replyTo: string | undefined;

  constructor(
    connection: RabbitConnection,
    name: string,
    onReply: (delivery: Delivery) => void,
    onEvent: OnBrokerEvent,
  ) {
    this.#name = name;
    this.#onReply = onReply;
    void connection.keepChannel({
      open: () => connection.createChannel(),
      use: (channel, end) => this.#consume(channel, end),
      onFailure: (error) => onEvent({ kind: 'consumer-failed', consumer: name, error }),
      signal: this.#stopping.signal,
    });
  }

  get isStopped(): boolean {
    return this.#stopping.signal.aborted;
  }

  get replyTo(): string | undefined {
    return this.#replyTo;
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    this.#replyTo = undefined;
    try {
      await this.#channel?.close();
    } catch {} // Closed already.
  }

  async #consume(channel: Channel, end: ChannelEnd): Promise<void> {
    this.#channel = channel;
    const name = `${this.#name}.${randomUUID()}`;
    // Exclusive, because RabbitMQ 4.3 refuses transient queues that are not.
    const { queue } = await channel.assertQueue(name, { exclusive: true, autoDelete: true, durable: false });
    const receive = (message: ConsumeMessage | null) => {
      if (message) this.#onReply(toDelivery(message, queue));
      else end.fail(new Error(`${queue} was deleted`));
    };
    await channel.consume(queue, receive, { noAck: true });
    end.signal.addEventListener('abort', () => {
      this.#replyTo = undefined;
    });
    if (!end.signal.aborted) this.#replyTo = queue;
  }
}
