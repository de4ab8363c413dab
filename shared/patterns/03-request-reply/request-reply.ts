import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type {
  Address,
  Attributes,
  Broker,
  Consumer,
  Delivery,
  OutgoingMessage,
  ReplyInbox,
  ReplyTicket,
} from '@conveyor/brokers';
import { InfrastructureFault } from '@conveyor/patterns/dead-letter-queue/failure';
import { PendingReplies } from './pending-replies.ts';

/** What is asked or answered. `attributes` as on any message, with an `id` of its own. */
export interface Content {
  readonly attributes: Attributes;
  readonly body: Buffer;
}

export interface RequesterOptions {
  readonly broker: Broker;
  /** Where requests go. On Kafka the correlation id does well as key: it spreads them over the partitions. */
  readonly requestAddress: (correlationId: string) => Address;
  /** Kafka: the reply topic, shared by all who ask; each takes what it waits for. RabbitMQ: not used, the queue is the process's own. */
  readonly replyChannel: string;
  /** For the whole of an `ask`, the wait for a connection included. */
  readonly timeoutMs: number;
}

export interface Requester {
  /**
   * Sends a request and resolves with the reply to it. The request may arrive twice at the other
   * side (with one id), and may be answered although this rejects: ask only what is safe to repeat.
   *
   * Rejects with {@link RequestTimedOut} after `timeoutMs`, also when the broker is away; with
   * {@link RequestUnroutable} when there is no queue for the request; with an {@link InfrastructureFault}
   * at once when the broker is connected and guarded by a breaker that is open; with the reason of `signal` when that
   * fires; with an `Error` on `stop`.
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

/** Asks over a broker and waits, for a limited time, for the answer: a synchronous call on asynchronous ground. */
export function createRequester(options: RequesterOptions): Requester {
  const { broker, requestAddress, replyChannel, timeoutMs } = options;
  const pending = new PendingReplies<Delivery>();
  const inbox = broker.replies(replyChannel, (delivery) => {
    if (delivery.reply) pending.settle(delivery.reply.correlationId, delivery);
  });

  return {
    async ask(request, signal) {
      signal?.throwIfAborted();
      const correlationId = randomUUID();
      const reply = pending.expect(correlationId);
      const giveUp = (reason: unknown) => pending.fail(correlationId, reason);
      const timer = setTimeout(() => giveUp(new RequestTimedOut(timeoutMs)), timeoutMs);
      const onAbort = () => giveUp(signal?.reason);
      signal?.addEventListener('abort', onAbort);
      const over = new AbortController();
      const message = {
        ...request,
        address: requestAddress(correlationId),
        orderingKey: correlationId,
        transient: true,
      };
      send(broker, inbox, message, correlationId, over.signal).catch(giveUp);
      try {
        return await reply;
      } finally {
        clearTimeout(timer);
        signal?.removeEventListener('abort', onAbort);
        over.abort();
      }
    },
    async stop() {
      pending.failAll(new Error('The requester has been stopped'));
      await inbox.stop();
    },
  };
}

/** Tries until the broker has the request, or `over` fires. */
async function send(
  broker: Broker,
  inbox: ReplyInbox,
  message: OutgoingMessage,
  correlationId: string,
  over: AbortSignal,
): Promise<void> {
  for (;;) {
    await broker.connected(over);
    const { replyTo } = inbox;
    if (replyTo !== undefined) {
      const [outcome] = await broker.publisher.publish([{ ...message, reply: { replyTo, correlationId } }]);
      if (outcome?.status === 'confirmed') return;
      if (outcome?.status === 'unroutable') throw new RequestUnroutable(outcome.reason);
      // Somebody knows already that it would fail again: the asker need not wait for that.
      if (outcome?.error instanceof InfrastructureFault) throw outcome.error;
    }
    await sleep(20, undefined, { signal: over });
  }
}

export interface ServeOptions {
  readonly broker: Broker;
  /** RabbitMQ: the consumer tag's first part. Kafka: the consumer group. */
  readonly name: string;
  /** RabbitMQ: one queue. Kafka: topics. */
  readonly channels: readonly string[];
  readonly concurrency: number;
  /** An older question is dropped unanswered: whoever asked has given up, and fresh ones wait behind it. By its attribute `time`; default: none is too old. */
  readonly maxAgeMs?: number;
  /** Undefined: no reply. When it rejects there is none either, and the asker's time runs out. */
  readonly answer: (request: Delivery) => Promise<Content | undefined>;
  /** Must not throw. */
  readonly onEvent?: (event: ServeEvent) => void;
}

export type ServeEvent =
  /** Nobody waits for an answer: dropped. */
  | { readonly kind: 'without-ticket'; readonly request: Delivery }
  /** Older than may be, by the clocks of both sides: dropped. */
  | { readonly kind: 'stale'; readonly request: Delivery; readonly ageMs: number }
  | { readonly kind: 'answer-failed'; readonly request: Delivery; readonly error: unknown }
  /** The reply found no queue: whoever asked has given up or is gone. No fault. */
  | { readonly kind: 'asker-gone'; readonly request: Delivery };

/**
 * Answers requests: acknowledged after the reply is sent, and handed out again if it was not. A
 * request that cannot be answered is dropped, not kept: in a few seconds nobody waits for it.
 */
export function serveRequests(options: ServeOptions): Consumer {
  const { broker, answer, maxAgeMs = Number.POSITIVE_INFINITY, onEvent, ...consuming } = options;
  return broker.consume({
    ...consuming,
    async onDelivery(request) {
      const ticket = request.reply;
      if (!ticket) return onEvent?.({ kind: 'without-ticket', request });
      const ageMs = Date.now() - Date.parse(request.attributes['time'] ?? '');
      if (ageMs > maxAgeMs) return onEvent?.({ kind: 'stale', request, ageMs });
      const reply = await answer(request).catch((error: unknown) => {
        onEvent?.({ kind: 'answer-failed', request, error });
        return undefined;
      });
      if (!reply) return;
      const outcome = await sendReply(broker, ticket, reply);
      if (outcome === 'unroutable') onEvent?.({ kind: 'asker-gone', request });
    },
  });
}

/** @throws when the reply is not known to be with the broker. */
async function sendReply(
  broker: Broker,
  ticket: ReplyTicket,
  reply: Content,
): Promise<'sent' | 'unroutable'> {
  const [outcome] = await broker.publisher.publish([
    {
      ...reply,
      address: broker.replyAddress(ticket),
      orderingKey: ticket.correlationId,
      // The ticket goes back with the reply: by its correlation id the asker knows its question.
      reply: ticket,
      transient: true,
    },
  ]);
  if (outcome?.status === 'confirmed') return 'sent';
  if (outcome?.status === 'unroutable') return 'unroutable';
  throw outcome?.error ?? new Error('The publisher gave no outcome');
}
