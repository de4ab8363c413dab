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
import type { KafkaAccess } from './client.ts';
import { KafkaConnection } from './connection.ts';
import { KafkaConsumer } from './consumer.ts';
import { KafkaPublisher } from './publisher.ts';
import { KafkaReplyInbox } from './replies.ts';
import type { KafkaTopology } from './topology.ts';

export interface KafkaBrokerOptions {
  /** `host:port`, some of the cluster. */
  readonly brokers: readonly string[];
  readonly topology: KafkaTopology;
  readonly clientId: string;
  readonly onEvent?: OnBrokerEvent;
}

/** Kafka behind the port. Nothing happens before `start()`. */
export function createKafkaBroker(options: KafkaBrokerOptions): Broker {
  return new KafkaBroker(options);
}

class KafkaBroker implements Broker {
  readonly name = 'kafka';
  readonly #access: KafkaAccess;
  readonly #onEvent: OnBrokerEvent;
  readonly #connection: KafkaConnection;
  readonly #publisher: KafkaPublisher;
  readonly #inService = new InService();

  constructor({ brokers, topology, clientId, onEvent = () => {} }: KafkaBrokerOptions) {
    this.#access = { brokers, clientId };
    this.#onEvent = onEvent;
    this.#connection = new KafkaConnection(this.#access, topology, new Availability(['kafka'], onEvent));
    this.#publisher = new KafkaPublisher(this.#access, this.#connection);
  }

  get publisher(): Publisher {
    return this.#publisher;
  }

  start(): void {
    this.#connection.start();
  }

  connected(signal?: AbortSignal): Promise<void> {
    return this.#connection.connected(signal);
  }

  async check(): Promise<void> {
    await this.#connection.check();
    this.#inService.assertAll();
  }

  consume(options: ConsumeOptions): Consumer {
    const consumer = new KafkaConsumer(this.#access, this.#connection, options, this.#onEvent);
    return this.#inService.add(options.name, consumer);
  }

  replies(channel: string, onReply: (delivery: Delivery) => void): ReplyInbox {
    const inbox = new KafkaReplyInbox(this.#access, this.#connection, channel, onReply, this.#onEvent);
    return this.#inService.add(channel, inbox);
  }

  /** All replies go to one topic; the key spreads them over its partitions. */
  replyAddress({ replyTo, correlationId }: ReplyTicket): Address {
    return { channel: replyTo, key: correlationId };
  }

  async close(): Promise<void> {
    await this.#publisher.close();
    await this.#connection.close();
  }
}
