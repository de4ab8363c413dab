import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Address, Attributes, Broker, Consumer, Delivery, ReplyInbox } from '@conveyor/brokers';
import { PendingReplies } from './pending-replies.ts';

/** What is asked or answered. `attributes` as on any message, with an `id` of its own. */
export interface Content {
  readonly attributes: Attributes;
  readonly body: Buffer;
}

export interface RequesterOptions {
  readonly broker: Broker;
  /** Where requests go. On Kafka the correlation id serves as partition key; on RabbitMQ it is not needed. */
  readonly requestAddress: (correlationId: string) => Address;
  /** Kafka: the reply topic, shared by all who ask; each takes what is addressed to it. RabbitMQ makes a queue of its own. */
  readonly replyChannel: string;
  /** For the whole of an `ask`, the wait for a connection included. */
  readonly timeoutMs: number;
}

export interface Requester {
  /**
   * Sends a request and resolves with the reply to it. It may arrive more than once at the other
   * side (with one id), and it may be answered after all when this rejects: ask only what is safe to repeat.
   *
   * @throws RequestTimedOut after `timeoutMs`, also when the broker is away
   * @throws RequestUnroutable when no queue takes the request
   * @throws the reason of `signal`; an Error after `stop`
   */
  ask(request: Content, signal?: AbortSignal): Promise<Delivery>;
  /** Rejects what is still waiting. */
  stop(): Promise<void>;
}

export class RequestTimedOut extends Error {
  readonly code = 'request-timed-out';

  constructor(timeoutMs: number) {
    super(`No reply within ${timeoutMs} ms`);
    this.name = 'RequestTimedOut';
  }
}

export class RequestUnroutable extends Error {
  readonly code = 'request-unroutable';

  constructor(reason: string) {
    super(`Nobody takes the request: ${reason}`);
    this.name = 'RequestUnroutable';
  }
}

/** Asks over a broker and waits, for a limited time, for the answer: synchronous calls on asynchronous ground. */
export function createRequester({ broker, requestAddress, replyChannel, timeoutMs }: RequesterOptions): Requester {
  const pending = new PendingReplies<Delivery>();
  const inbox = broker.replies(replyChannel, (delivery) => pending.settle(delivery.reply?.correlationId, delivery));
  const stopping = new AbortController();

  return {
    async ask(request, signal) {
      const correlationId = randomUUID();
      const limit = new AbortController();
      const timer = setTimeout(() => limit.abort(new RequestTimedOut(timeoutMs)), timeoutMs);
      const giveUp = firstOf(limit.signal, stopping.signal, ...(signal ? [signal] : []));
      try {
        const reply = pending.expect(correlationId);
        const sent = send(broker, inbox, requestAddress(correlationId), correlationId, request, giveUp.signal);
        // The reply may overtake the confirmation of the request.
        return await Promise.race([reply, sent.then(() => reply), giveUp.promise]);
      } finally {
        clearTimeout(timer);
        pending.forget(correlationId);
      }
    },
    async stop() {
      stopping.abort(new Error('The requester has been stopped'));
      await inbox.stop();
    },
  };
}
