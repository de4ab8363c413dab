import { Availability } from '../availability.ts';
import { InService } from '../in-service.ts';
import type {
  Address,
  Broker,
  ConsumeOptions,
  Consumer,
  Delivery,
  OnBrokerEvent,
  Publisher,
  ReplyInbox,
  ReplyTicket,
} from '../port.ts';
import { within } from '../time-limit.ts';
import { RabbitConnection } from './connection.ts';
import { RabbitConsumer } from './consumer.ts';
import { RabbitPublisher } from './publisher.ts';
import { RabbitReplyInbox } from './replies.ts';
import type { RabbitTopology } from './topology.ts';

const checkMs = 2_000;

export interface RabbitBrokerOptions {
  /** `amqp://user:password@host:port/vhost` */
  readonly url: string;
  readonly topology: RabbitTopology;
  /** Names the connections on the management page. */
  readonly clientName: string;
  readonly onEvent?: OnBrokerEvent;
}

/** RabbitMQ 3.10 to 4.3 behind the port. Nothing happens before `start()`. */
export function createRabbitBroker(options: RabbitBrokerOptions): Broker {
  return new RabbitBroker(options);
}

class RabbitBroker implements Broker {
  readonly name = 'rabbitmq';
  readonly #clientName: string;
  readonly #onEvent: OnBrokerEvent;
  readonly #availability: Availability;
  readonly #publisher: RabbitPublisher;
  readonly #inService = new InService();
  // Two connections: the broker holds back a publisher by no longer reading from its connection,
  // and acknowledgements sent over the same one would be held back with it.
  readonly #publishing: RabbitConnection;
  readonly #consuming: RabbitConnection;

  constructor({ url, topology, clientName, onEvent = () => {} }: RabbitBrokerOptions) {
    this.#clientName = clientName;
    this.#onEvent = onEvent;
    this.#availability = new Availability(['publishing', 'consuming'], onEvent);
    this.#publisher = new RabbitPublisher(onEvent);
    this.#publishing = new RabbitConnection({
      url,
      topology,
      name: `${clientName} publishing`,
      onDown: (error) => this.#availability.down('publishing', error),
      onBlocked: (reason) => this.#publisher.setBlocked(reason),
    });
    this.#consuming = new RabbitConnection({
      url,
      topology,
      name: `${clientName} consuming`,
      onUp: () => this.#availability.up('consuming'),
      onDown: (error) => this.#availability.down('consuming', error),
    });
  }

  get publisher(): Publisher {
    return this.#publisher;
  }

  start(): void {
    this.#publishing.start();
    this.#consuming.start();
    this.#publisher.start(
      this.#publishing,
      () => this.#availability.up('publishing'),
      (error) => this.#availability.down('publishing', error),
    );
  }

  connected(signal?: AbortSignal): Promise<void> {
    return this.#availability.wait(signal);
  }

  async check(): Promise<void> {
    if (!this.#availability.isUp) throw new Error('RabbitMQ is not connected');
    // Opening and closing a channel is a question that the broker must answer.
    const asked = this.#consuming.createChannel().then((channel) => channel.close());
    await within(checkMs, 'RabbitMQ', asked);
    this.#inService.assertAll();
  }

  consume(options: ConsumeOptions): Consumer {
    const consumer = new RabbitConsumer(this.#consuming, options, this.#onEvent);
    return this.#inService.add(options.name, consumer);
  }

  /** The exclusive queue is named after this client; `channel` is Kafka's. */
  replies(_channel: string, onReply: (delivery: Delivery) => void): ReplyInbox {
    const name = `${this.#clientName}.replies`;
    const inbox = new RabbitReplyInbox(this.#consuming, name, onReply, this.#onEvent);
    return this.#inService.add(name, inbox);
  }

  replyAddress({ replyTo }: ReplyTicket): Address {
    return { channel: '', key: replyTo };
  }

  async close(): Promise<void> {
    await this.#publisher.close();
    await Promise.all([this.#publishing.close(), this.#consuming.close()]);
  }
}
