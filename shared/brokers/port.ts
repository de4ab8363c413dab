import type { Attributes, BrokerName } from './envelope.ts';
import type { Gate } from './gate.ts';

/**
 * Where a message is sent. RabbitMQ: an exchange and a routing key (exchange `''` with a queue's
 * name as key reaches that queue). Kafka: a topic and a partition key.
 */
export interface Address {
  readonly channel: string;
  readonly key: string;
}

/** What a requester writes on its request, so that the reply finds back to it. */
export interface ReplyTicket {
  readonly replyTo: string;
  readonly correlationId: string;
}

/** A message to send. */
export interface OutgoingMessage {
  readonly address: Address;
  /** Messages of one ordering key that are published together never overtake each other on their way to one address. */
  readonly orderingKey: string;
  /** CloudEvents attributes by their bare names (`id`, `type`, …). */
  readonly attributes: Attributes;
  /**
   * Further headers, for example why a message was set aside. Sent as they are, so those of a delivery may be passed on;
   * only RabbitMQ's own notes in them (`x-death` and the like) are not sent to RabbitMQ.
   */
  readonly headers?: Attributes;
  /** Empty, it is a tombstone to Kafka: in a compacted topic it takes its key away. */
  readonly body: Buffer;
  /** RabbitMQ only, 0–255, for queues with `x-max-priority`. Kafka has none: there the topic says it. */
  readonly priority?: number;
  readonly reply?: ReplyTicket;
  /** True: may be lost with the broker (a question whose asker waits only seconds). Default false. */
  readonly transient?: boolean;
}

/**
 * What became of one sent message. `unroutable`: the broker will never take it as it is, so there is
 * no use in sending it again. RabbitMQ *confirms* a message that no queue takes, so it is sent
 * `mandatory` and its return noticed; on Kafka the topic does not exist, or refuses the message, for
 * example as too large. `failed` means not known to be stored: send it again with the same id. It is
 * `refused` when the broker itself said so (a full queue, a missing right): then at least it is there.
 */
export type PublishOutcome =
  | { readonly status: 'confirmed' }
  | { readonly status: 'unroutable'; readonly reason: string }
  | { readonly status: 'failed'; readonly error: Error; readonly refused?: true };

export interface Publisher {
  /**
   * Sends a batch and resolves with one outcome per message, in their order, once the broker has
   * answered for each. Never rejects. If a message is not confirmed, no later one of the same
   * ordering key and address is confirmed either: wait for the outcomes before you send more of that key. While
   * RabbitMQ blocks its publishers, or more waits to be written than should, it waits; `transient` messages fail then.
   */
  publish(messages: readonly OutgoingMessage[]): Promise<readonly PublishOutcome[]>;
}

/**
 * Where a delivered message came from. `position` is Kafka's `partition:offset`. `storedAt`, Kafka only,
 * is when it was stored, in milliseconds since 1970: by the broker's clock in a topic with
 * `message.timestamp.type=LogAppendTime`, by the sender's in others.
 */
export interface Origin {
  readonly broker: BrokerName;
  /** The queue or topic it was taken from. */
  readonly channel: string;
  /** Exchange and routing key it was first sent to, or topic and key. */
  readonly address: Address;
  readonly position?: string;
  readonly storedAt?: number;
}

/** A message as it arrived. Nothing is promised about its content. */
export interface Delivery {
  readonly attributes: Attributes;
  readonly headers: Attributes;
  readonly body: Buffer;
  readonly origin: Origin;
  /**
   * True when the message may have been handed out before: it was refused, or its consumer died. RabbitMQ says so. Kafka
   * does not know how far a consumer had come: there it is true for as many messages as one may have in hand, from
   * where this one begins, if they lay there already. It may be true too often; too rarely only if the former consumer
   * was cut off from its group and not from the log, and went on for a while.
   */
  readonly redelivered: boolean;
  /** RabbitMQ only: the priority that it was sent with. */
  readonly priority?: number;
  readonly reply?: ReplyTicket;
}

/**
 * The work. Resolving, with whatever, acknowledges the message (on Kafka: lets its offset be committed); rejecting
 * hands it back, to be delivered again.
 *
 * `signal` fires as soon as the consumer is being stopped, or the message has gone back to the broker
 * because its connection or partition was lost. Waiting for a next try should end then. Work that is
 * nearly done may go on: while stopping, what resolves within the grace still counts.
 */
export type OnDelivery = (delivery: Delivery, signal: AbortSignal) => Promise<unknown>;

export interface ConsumeOptions {
  /** RabbitMQ: the consumer tag's first part. Kafka: the consumer group. */
  readonly name: string;
  /** RabbitMQ: one queue. Kafka: topics, the same for all consumers of one name (but see `alsoFrom`). */
  readonly channels: readonly string[];
  /**
   * Kafka only: takes also from those topics for which this is true, for as long as they exist: for
   * example from that of a delay which has been changed since, whether anything is left in it or not.
   * One that is created later is noticed when a consumer joins the group, otherwise within a minute.
   */
  readonly alsoFrom?: (topic: string) => boolean;
  /** At most so many messages in hand at once (RabbitMQ: prefetch). */
  readonly concurrency: number;
  /**
   * Kafka only: from when on a message may be handled, in milliseconds since 1970; undefined: from now
   * on. Never earlier, and as a rule at most 250 ms later. A message that is not due holds up those
   * behind it in its partition, so all messages of a topic should wait equally long. Until then they
   * stay in Kafka, at the cost of no memory here.
   *
   * RabbitMQ has no use for it: there a queue with a time to live holds the message, and the
   * consumer's queue gets it when it is due.
   */
  readonly notBefore?: (delivery: Delivery) => number | undefined;
  /**
   * Kafka only: the share of a topic's messages in what is begun while those of other topics wait, too: a whole number,
   * at least 1. With 9, 3 and 1 of every 13 messages 9, 3 and 1 are of such topics, and topics of the same share
   * have it together. What one has no use for goes to the others. Without it first come is first served.
   *
   * RabbitMQ has no use for it: there a queue with `x-max-priority` hands out the highest priority first.
   */
  readonly shareOf?: (topic: string) => number;
  /**
   * Kafka only: topics for which this answers differently have `concurrency` each, so that work on messages of one which hangs
   * holds up none of another. Without it all topics have it together.
   */
  readonly poolOf?: (topic: string) => unknown;
  /**
   * The gate before one of the channels; absent: none. While it is closed nothing new is begun from that channel, by this consumer;
   * what is in hand is finished, and what waits stays with the broker. On Kafka the consumer stays in its group.
   */
  readonly gateOf?: (channel: string) => Gate | undefined;
  readonly onDelivery: OnDelivery;
}

export interface Consumer {
  /**
   * Whether the broker hands it messages at present, or would but for a closed gate; on Kafka that it is a member of its
   * group. False once stopped.
   */
  readonly consuming: boolean;
  /** Takes no more messages, tells the handlers, waits for those in hand (bounded by `graceMs`), hands back the rest. */
  stop(graceMs: number): Promise<void>;
}

/** Receives replies that only this process waits for. */
export interface ReplyInbox {
  /** To be written on requests; it may change after a reconnection, so read it at each request. Undefined while there is no connection. */
  readonly replyTo: string | undefined;
  stop(): Promise<void>;
}

/** One broker, reconnecting by itself for as long as it is open. */
export interface Broker {
  readonly name: BrokerName;
  readonly publisher: Publisher;
  /** Begins to connect and keeps at it. Each time a connection is made the topology is declared first, then consumers start. */
  start(): void;
  /** Resolves once connected with the topology declared; rejects when `signal` fires. */
  connected(signal?: AbortSignal): Promise<void>;
  /**
   * For readiness: asks the broker something cheap. Rejects when it does not answer in time, and while
   * an open consumer or reply inbox is not handed messages (not yet, or not any more).
   */
  check(): Promise<void>;
  /** Consumes from the first message that the queue or group has not yet acknowledged. May be called before the connection stands. */
  consume(options: ConsumeOptions): Consumer;
  /** Opens an inbox for replies: RabbitMQ an exclusive queue, Kafka the topic `channel` from now on. */
  replies(channel: string, onReply: (delivery: Delivery) => void): ReplyInbox;
  /** Where to send the reply to a request that carried `ticket`. */
  replyAddress(ticket: ReplyTicket): Address;
  /** Closes after the publishes under way have been answered. Consumers must have been stopped. */
  close(): Promise<void>;
}

/** What happened to a connection or a consumer, for log, metrics and tests. */
export type BrokerEvent =
  | { readonly kind: 'connected' }
  | { readonly kind: 'disconnected'; readonly error?: Error }
  | { readonly kind: 'blocked'; readonly reason: string }
  | { readonly kind: 'unblocked' }
  | { readonly kind: 'consumer-failed'; readonly consumer: string; readonly error: Error }
  /** A message could not be handled. It goes back to its queue (RabbitMQ), or is handled again here (Kafka). */
  | { readonly kind: 'handed-back'; readonly consumer: string; readonly error: Error };

export type OnBrokerEvent = (event: BrokerEvent) => void;
