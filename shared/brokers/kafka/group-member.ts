import type { EachBatchPayload, Consumer as Member } from 'kafkajs';
import { growingPause } from '../pause.ts';
import type { ConsumeOptions, Delivery } from '../port.ts';
import { atMost } from '../time-limit.ts';
import { type AssignedPartition, Assignment } from './assignment.ts';
import { heldBy, resumeOnceOpen } from './behind-gate.ts';
import { type KafkaAccess, KafkaClient } from './client.ts';
import { offsetsOf, type Watermark } from './committer.ts';
import type { FormerMember } from './former-member.ts';
import { laneOfRecord } from './key-lane.ts';
import { createMember, live } from './membership.ts';
import { toDelivery } from './message.ts';
import { newTopic } from './new-topic.ts';
import type { Pools } from './pools.ts';
import { isOfFormerGeneration } from './refusal.ts';
import { patienceMs, roomUntil, sharedFetching } from './room.ts';
import { delayFetching, heldUntilDue, lookAheadMs, nextLookIn, resumeAfter } from './until-due.ts';

const commitMs = 5_000;
const batchesAtOnce = 16;
const lookForTopicsMs = 60_000;

/**
 * One life of a consumer in its group. Messages go to a pool rather than being handled one after
 * another: those of one key in order, others side by side. kafkajs is told to fetch on as soon as
 * a message is in the pool; what is *committed* is only the watermark below which all are done.
 */
export class GroupMember {
  readonly #options: ConsumeOptions;
  readonly #findTopics: () => Promise<readonly string[]>;
  readonly #pools: Pools;
  readonly #stopping: AbortSignal;
  readonly #former: FormerMember;
  readonly #client: KafkaClient;
  readonly #member: Member;
  readonly #left = Promise.withResolvers<void>();
  #topics: readonly string[] = [];
  #assignment: Assignment | undefined;
  #commitOffsets: EachBatchPayload['commitOffsetsIfNecessary'] | undefined;

  constructor(
    access: KafkaAccess,
    options: ConsumeOptions,
    findTopics: () => Promise<readonly string[]>,
    pools: Pools,
    stopping: AbortSignal,
    former: FormerMember,
  ) {
    this.#former = former;
    this.#options = options;
    this.#findTopics = findTopics;
    this.#pools = pools;
    this.#stopping = stopping;
    this.#client = new KafkaClient(access);
    const fetching = { ...(options.shareOf && sharedFetching), ...(options.notBefore && delayFetching) };
    this.#member = createMember(this.#client, options.name, former, fetching);
    this.#member.on(this.#member.events.REBALANCING, () => this.#assignment?.end());
    this.#member.on(this.#member.events.CRASH, () => this.#assignment?.end());
    this.#member.on(this.#member.events.GROUP_JOIN, () => this.#joined());
  }

  /** False while the group rebalances. */
  get consuming(): boolean {
    return this.#assignment !== undefined && !this.#assignment.hasEnded && !this.#stopping.aborted;
  }

  /** Resolves after {@link leave}; rejects when kafkajs gave up. */
  async live(): Promise<void> {
    const run = {
      partitionsConsumedConcurrently: batchesAtOnce,
      eachBatch: (payload: EachBatchPayload) => this.#take(payload),
    };
    this.#topics = await this.#findTopics();
    try {
      await live({
        client: this.#client,
        member: this.#member,
        topics: this.#topics,
        fromBeginning: true,
        run,
        left: this.#left.promise,
        former: this.#former,
      });
    } finally {
      this.#assignment?.end();
    }
  }

  /** Call it after `stopping` has fired: waits for the messages in hand, commits, and lets the life end. Never rejects. */
  async leave(graceMs: number): Promise<void> {
    this.#pause();
    await atMost(graceMs, this.#pools.idle());
    await atMost(commitMs, this.#assignment?.finish() ?? Promise.resolve());
    this.#left.resolve();
  }

  /** Paused, it keeps sending heartbeats, so that nobody else gets its messages meanwhile. */
  #pause(): void {
    if (!this.#assignment || this.#assignment.hasEnded) return;
    try {
      this.#member.pause(this.#topics.map((topic) => ({ topic })));
    } catch {} // It has left its group of its own accord: it fetches nothing more.
  }

  #joined(): void {
    // When kafkajs rejoins because of stale metadata it says so only afterwards, and a fetch begun
    // before may still come in and count for the new generation, past messages that were dropped
    // with the old one. A new consumer begins at what is committed.
    if (this.#assignment && !this.#assignment.hasEnded) {
      this.#beginAnew();
      return;
    }
    this.#assignment = new Assignment(this.#options.concurrency, this.#stopping, (marks) =>
      this.#commit(marks),
    );
    if (!this.#stopping.aborted) this.#member.resume(this.#member.paused());
    if (this.#options.alsoFrom) void this.#noticeTopics(this.#assignment.over);
  }

  /**
   * Whoever joined may have brought a topic along. The leader of a group hands out only topics that it
   * takes from itself, so one that it never notices would be read by nobody.
   */
  async #noticeTopics(over: AbortSignal): Promise<void> {
    if (await newTopic(this.#topics, this.#findTopics, lookForTopicsMs, over)) this.#beginAnew();
  }

  #beginAnew(): void {
    this.#assignment?.end();
    this.#left.resolve();
  }

  async #take({
    batch,
    resolveOffset,
    heartbeat,
    pause,
    commitOffsetsIfNecessary,
  }: EachBatchPayload): Promise<void> {
    const assignment = this.#assignment;
    if (!assignment) return;
    this.#commitOffsets = commitOffsetsIfNecessary;
    const { topic, partition, highWatermark, messages } = batch;
    const assigned = assignment.partition(topic, partition, BigInt(highWatermark));
    const { tracker } = assigned;
    const { notBefore, shareOf } = this.#options;
    const pool = this.#pools.of(this.#options.poolOf?.(topic));
    const gate = this.#options.gateOf?.(topic);
    // With shares the whole batch has only so long: who finds room again and again would let the others wait all the while.
    const turnEnds = performance.now() + patienceMs;
    let tookSome = false;
    for (const message of messages) {
      if (assignment.over.aborted) return;
      if (gate?.isClosed) {
        // Whatever else lets the partition go on, comes to the gate here again.
        void resumeOnceOpen(gate, pause(), assignment.over);
        return;
      }
      const offset = BigInt(message.offset);
      const delivery = toDelivery(topic, partition, message, tracker.mayBeRepeated(offset));
      const due = notBefore?.(delivery);
      const waitMs = nextLookIn(due, Date.now());
      if (waitMs > lookAheadMs) {
        void resumeAfter(waitMs - lookAheadMs, pause(), assignment.over);
        return; // It and all behind it are fetched again then.
      }
      if (!tracker.hasRoom) {
        // What is not due makes no room before it is.
        await roomUntil(shareOf ? turnEnds : performance.now() + waitMs + patienceMs, assignment, tracker);
        await heartbeat();
      }
      if (assignment.over.aborted) return;
      if (!tracker.hasRoom) {
        // The rest is fetched again: when there is room, or if it moves at once, with what has come to the others.
        if (!shareOf || !tookSome) assigned.resume = pause();
        return;
      }
      tookSome = true;
      tracker.take(offset);
      resolveOffset(message.offset);
      const work = () => this.#handle(assignment, assigned, offset, delivery);
      const [untilOpen, untilDue] = [heldBy(gate, assignment.over), heldUntilDue(due, assignment.over)];
      pool.add(
        laneOfRecord(topic, partition, message),
        work,
        shareOf?.(topic),
        () => untilOpen() ?? untilDue(),
      );
    }
  }

  /** Tries until it succeeds: Kafka has no way to hand back one message. */
  async #handle(
    assignment: Assignment,
    assigned: AssignedPartition,
    offset: bigint,
    delivery: Delivery,
  ): Promise<void> {
    for (let failures = 0; !assignment.over.aborted; failures++) {
      try {
        const again = failures > 0 ? { ...delivery, redelivered: true } : delivery;
        await this.#options.onDelivery(again, assignment.over);
        assignment.done(assigned, offset);
        return;
      } catch {
        await growingPause(failures, assignment.over);
      }
    }
  }

  /**
   * Through the batch's own function, which kafkajs does not repeat by itself: the commit carries
   * the generation of this moment, and the broker refuses it if the group has moved on.
   */
  async #commit(watermarks: readonly Watermark[]): Promise<void> {
    const assignment = this.#assignment;
    try {
      await this.#commitOffsets?.(offsetsOf(watermarks));
    } catch (error) {
      // The group has moved on and nobody has said so: nothing could be committed any more, so soon nothing would be taken.
      if (isOfFormerGeneration(error) && assignment === this.#assignment && !assignment?.hasEnded)
        this.#beginAnew();
      throw error;
    }
  }
}
