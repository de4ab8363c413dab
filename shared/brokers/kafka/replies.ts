import { randomUUID } from 'node:crypto';
import type { EachBatchPayload } from 'kafkajs';
import type { Delivery, OnBrokerEvent, ReplyInbox } from '../port.ts';
import { atMost, within } from '../time-limit.ts';
import { type KafkaAccess, KafkaClient } from './client.ts';
import type { KafkaConnection } from './connection.ts';
import { FormerMember } from './former-member.ts';
import { createMember, keepLiving, live } from './membership.ts';
import { toDelivery } from './message.ts';

const leaveMs = 6_000;

/**
 * Reads the whole topic of replies from now on, in a group of its own; whoever waits picks its own
 * by correlation id. It goes on where it was after a reconnection, and never commits: with the
 * process its questions are gone too.
 */
export class KafkaReplyInbox implements ReplyInbox {
  readonly #access: KafkaAccess;
  readonly #connection: KafkaConnection;
  readonly #topic: string;
  readonly #groupId: string;
  readonly #onReply: (delivery: Delivery) => void;
  readonly #stopping = new AbortController();
  readonly #left = Promise.withResolvers<void>();
  readonly #running: Promise<void>;
  /** Where to read on, per partition. */
  readonly #next = new Map<number, bigint>();
  readonly #former = new FormerMember();
  #ready = false;

  constructor(
    access: KafkaAccess,
    connection: KafkaConnection,
    topic: string,
    onReply: (delivery: Delivery) => void,
    onEvent: OnBrokerEvent,
  ) {
    this.#access = access;
    this.#connection = connection;
    this.#topic = topic;
    this.#onReply = onReply;
    this.#groupId = `${access.clientId}.replies.${randomUUID()}`;
    const onFailure = (error: Error) => onEvent({ kind: 'consumer-failed', consumer: this.#groupId, error });
    this.#running = keepLiving(
      connection,
      this.#groupId,
      () => this.#live(),
      onFailure,
      this.#stopping.signal,
    );
  }

  get isStopped(): boolean {
    return this.#stopping.signal.aborted;
  }

  get replyTo(): string | undefined {
    return this.#ready ? this.#topic : undefined;
  }

  async stop(): Promise<void> {
    this.#ready = false;
    this.#stopping.abort();
    this.#left.resolve();
    await atMost(leaveMs, this.#running);
    await this.#deleteGroup().catch(() => {}); // Kafka forgets an empty group by itself, only later.
  }

  async #live(): Promise<void> {
    await this.#noteEnds();
    const client = new KafkaClient(this.#access);
    const member = createMember(client, this.#groupId, this.#former);
    member.on(member.events.GROUP_JOIN, () => {
      for (const [partition, offset] of this.#next) {
        member.seek({ topic: this.#topic, partition, offset: String(offset) });
      }
      this.#ready = !this.#stopping.signal.aborted;
    });
    try {
      const run = { eachBatch: async (payload: EachBatchPayload) => this.#take(payload) };
      const [left, former] = [this.#left.promise, this.#former];
      await live({ client, member, topics: [this.#topic], fromBeginning: false, run, left, former });
    } finally {
      this.#ready = false;
    }
  }

  /** Before joining, so that the reply to a question asked at once afterwards is not before the start. */
  async #noteEnds(): Promise<void> {
    for (const { partition, high } of await this.#connection.admin().fetchTopicOffsets(this.#topic)) {
      if (!this.#next.has(partition)) this.#next.set(partition, BigInt(high));
    }
  }

  #take({ batch, resolveOffset }: EachBatchPayload): void {
    for (const message of batch.messages) {
      this.#next.set(batch.partition, BigInt(message.offset) + 1n);
      resolveOffset(message.offset);
      this.#onReply(toDelivery(batch.topic, batch.partition, message));
    }
  }

  async #deleteGroup(): Promise<void> {
    await within(leaveMs, 'deleting the group', this.#connection.admin().deleteGroups([this.#groupId]));
  }
}
