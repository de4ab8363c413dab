import type { EachBatchPayload, Consumer as Member } from 'kafkajs';
import type { Gate } from '../gate.ts';
import { pause } from '../pause.ts';
import type { Delivery, OnBrokerEvent } from '../port.ts';
import { atMost } from '../time-limit.ts';
import { resumeOnceOpen } from './behind-gate.ts';
import { type KafkaAccess, KafkaClient } from './client.ts';
import type { KafkaConnection } from './connection.ts';
import { createMember, keepLiving, live } from './membership.ts';
import { toDelivery } from './message.ts';

/**
 * Messages of one partition, in its order. Resolving, with whatever, lets them count as read; rejecting ends this life of the
 * follower, and they come again. They also come again after a crash, or when another member takes the partition over:
 * so whatever is done with them must be right twice.
 *
 * `signal` fires when the follower is being stopped or has lost the partition: give up then, by rejecting.
 */
export type OnLogBatch = (deliveries: readonly Delivery[], signal: AbortSignal) => Promise<void>;

export interface Follower {
  /** Whether it is a member of its group. */
  readonly following: boolean;
  /** Takes no more batches, waits for those in hand (bounded by `graceMs`), and leaves the group. */
  stop(graceMs: number): Promise<void>;
}

const leaveMs = 6_000;
const beatEveryMs = 1_000;

interface LogFollowerOptions {
  readonly group: string;
  readonly topic: string;
  readonly onBatch: OnLogBatch;
  readonly onEvent: OnBrokerEvent;
  readonly gate: Gate;
}

/** The partitions that a member has, until they are dealt out again. */
interface Assigned {
  readonly over: AbortController;
  /** Partition → the batch of it that was begun last. */
  readonly latest: Map<number, Promise<void>>;
}

/**
 * Reads a topic for a group, member after member until it is stopped. A position is committed when its batch is done. While
 * it is behind, the next batch of a partition is fetched meanwhile, and begun after that.
 */
export class LogFollower implements Follower {
  readonly #access: KafkaAccess;
  readonly #options: LogFollowerOptions;
  readonly #stopping = new AbortController();
  readonly #inHand = new Set<Promise<void>>();
  readonly #running: Promise<void>;
  #assigned: Assigned | undefined;
  #left = Promise.withResolvers<void>();
  #joined = false;
  #member: Member | undefined;

  constructor(access: KafkaAccess, connection: KafkaConnection, options: LogFollowerOptions) {
    this.#access = access;
    this.#options = options;
    const { group, onEvent } = options;
    const onFailure = (error: Error) => onEvent({ kind: 'consumer-failed', consumer: group, error });
    this.#running = keepLiving(connection, group, () => this.#oneLife(), onFailure, this.#stopping.signal);
  }

  get following(): boolean {
    return this.#joined && !this.#stopping.signal.aborted;
  }

  async stop(graceMs: number): Promise<void> {
    this.#stopping.abort();
    this.#pause();
    await atMost(graceMs, Promise.allSettled(this.#inHand));
    this.#left.resolve();
    await atMost(leaveMs, this.#running);
  }

  async #oneLife(): Promise<void> {
    const { group, topic } = this.#options;
    const client = new KafkaClient(this.#access);
    const member = createMember(client, group);
    this.#left = Promise.withResolvers<void>();
    this.#member = member;
    this.#watch(member);
    const run = {
      // All partitions at once. The next fetch waits for the slowest of them.
      partitionsConsumedConcurrently: 64,
      eachBatch: (payload: EachBatchPayload) => this.#take(payload),
    };
    try {
      await live(client, member, [topic], true, run, this.#left.promise);
    } finally {
      this.#joined = false;
      this.#assigned?.over.abort();
      this.#assigned = undefined;
      await Promise.allSettled(this.#inHand);
    }
  }

  /** It would fetch what it does not take again and again. Paused, it goes on telling its group that it lives. */
  #pause(): void {
    try {
      this.#member?.pause([{ topic: this.#options.topic }]);
    } catch {} // It is not a member at the moment, and fetches nothing.
  }

  #watch(member: Member): void {
    member.on(member.events.GROUP_JOIN, () => {
      if (this.#member !== member) return;
      // Joined again without having said so before: a fetch from before may still come in, and count as read what was given
      // up with the batch before it. A new member begins at what is committed.
      if (this.#assigned && !this.#assigned.over.signal.aborted) {
        this.#assigned.over.abort();
        this.#left.resolve();
        return;
      }
      this.#assigned = { over: new AbortController(), latest: new Map() };
      this.#joined = true;
    });
    member.on(member.events.REBALANCING, () => {
      if (this.#member !== member) return;
      this.#joined = false;
      this.#assigned?.over.abort();
    });
  }

  async #take(payload: EachBatchPayload): Promise<void> {
    const { batch, pause: pausePartition, resolveOffset } = payload;
    const { gate } = this.#options;
    const assigned = this.#assigned;
    if (!assigned || assigned.over.signal.aborted || this.#stopping.signal.aborted) return;
    if (gate.isClosed) {
      void resumeOnceOpen(gate, pausePartition(), this.#stopping.signal);
      return;
    }
    // If the one before it fails, this one is not begun: both come again.
    await assigned.latest.get(batch.partition);
    const work = this.#handle(payload, assigned.over.signal);
    assigned.latest.set(batch.partition, work);
    this.#inHand.add(work);
    // Its error is thrown below, or to the next batch.
    work.catch(() => {}).finally(() => this.#inHand.delete(work));
    // With more behind it, that is fetched meanwhile. At the end a fetch waits for news, and a commit would wait behind the fetch.
    if (batch.offsetLag() === '0') await work;
    resolveOffset(batch.lastOffset());
  }

  /** Resolves when a batch is done and committed. */
  async #handle(
    { batch, heartbeat, commitOffsetsIfNecessary }: EachBatchPayload,
    over: AbortSignal,
  ): Promise<void> {
    const { topic, partition, messages } = batch;
    const deliveries = messages.map((message) => toDelivery(topic, partition, message));
    await this.#whileBeating(heartbeat, over, (signal) => this.#options.onBatch(deliveries, signal));
    // The partition may be somebody else's by now, and further.
    over.throwIfAborted();
    const offset = String(BigInt(batch.lastOffset()) + 1n);
    await commitOffsetsIfNecessary({ topics: [{ topic, partitions: [{ partition, offset }] }] });
  }

  /** The group would take a member for dead that is silent during a long batch. When the group has moved on, so does the work. */
  async #whileBeating(
    beat: () => Promise<void>,
    assignmentOver: AbortSignal,
    work: (signal: AbortSignal) => Promise<void>,
  ): Promise<void> {
    const over = new AbortController();
    const done = new AbortController();
    const signal = AbortSignal.any([over.signal, assignmentOver, this.#stopping.signal]);
    const working = work(signal).finally(() => done.abort());
    // Its error is thrown below.
    working.catch(() => {});
    try {
      while (!done.signal.aborted) {
        await pause(beatEveryMs, done.signal);
        if (!done.signal.aborted) await beat();
      }
    } catch (error) {
      over.abort();
      await working.catch(() => {});
      throw error;
    }
    await working;
  }
}
