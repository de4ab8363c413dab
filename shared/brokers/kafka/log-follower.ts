import { setImmediate as turn } from 'node:timers/promises';
import type { EachBatchPayload, Consumer as Member } from 'kafkajs';
import type { Gate } from '../gate.ts';
import { pause } from '../pause.ts';
import type { Delivery, OnBrokerEvent } from '../port.ts';
import { atMost } from '../time-limit.ts';
import { resumeOnceOpen } from './behind-gate.ts';
import { type KafkaAccess, KafkaClient } from './client.ts';
import type { KafkaConnection } from './connection.ts';
import { FormerMember } from './former-member.ts';
import { createMember, keepLiving, live } from './membership.ts';
import { toDelivery } from './message.ts';
import { isRebalance } from './refusal.ts';

/**
 * What has come since the last batch, the messages of each partition in its order. Resolving, with whatever, lets them
 * count as read; rejecting ends this life of the follower, and they come again. They also come again after a crash, or when
 * another member takes a partition over: so whatever is done with them must be right twice.
 *
 * `signal` fires when the follower is being stopped or has lost its partitions: give up then, by rejecting.
 */
export type OnLogBatch<Read> = (batch: readonly Read[], signal: AbortSignal) => Promise<void>;

export interface Follower {
  /** Whether it is a member of its group. */
  readonly following: boolean;
  /** Takes no more batches, waits for those in hand (bounded by `graceMs`), and leaves the group. */
  stop(graceMs: number): Promise<void>;
}

const leaveMs = 6_000;
const beatEveryMs = 1_000;

interface LogFollowerOptions<Read> {
  readonly group: string;
  readonly topic: string;
  /** What a message says. It is asked for as soon as one is fetched, while the batch before is still being written. */
  readonly read: (delivery: Delivery) => Read;
  readonly onBatch: OnLogBatch<Read>;
  readonly onEvent: OnBrokerEvent;
  readonly gate: Gate;
}

/** What one fetch brought of one partition. */
interface Part<Read> {
  readonly payload: EachBatchPayload;
  readonly messages: readonly Read[];
}

/** What one fetch brought of all partitions. Written down one by one, it would cost as many commits as there are partitions. */
interface Round<Read> {
  readonly parts: Part<Read>[];
  /** When the round before is done. Rejects with it: this one is not begun then, and both come again. */
  readonly begun: Promise<void>;
}

/** The partitions that a member has, until they are dealt out again. */
interface Assigned<Read> {
  readonly over: AbortController;
  /** When the last round is done. */
  done: Promise<void>;
  /** The next one, until it is begun. */
  gathering: Round<Read> | undefined;
  /** What the group has answered because it is dealing them out anew. */
  dealtOut: Error | undefined;
}

/**
 * Reads a topic for a group, member after member until it is stopped. Positions are committed when their batch is done. While
 * it is behind, the next batch is fetched meanwhile, and begun after that.
 */
export class LogFollower<Read> implements Follower {
  readonly #access: KafkaAccess;
  readonly #options: LogFollowerOptions<Read>;
  readonly #stopping = new AbortController();
  readonly #inHand = new Set<Promise<void>>();
  readonly #running: Promise<void>;
  #assigned: Assigned<Read> | undefined;
  readonly #former = new FormerMember();
  #left = Promise.withResolvers<void>();
  #joined = false;
  #member: Member | undefined;

  constructor(access: KafkaAccess, connection: KafkaConnection, options: LogFollowerOptions<Read>) {
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
    const member = createMember(client, group, this.#former);
    this.#left = Promise.withResolvers<void>();
    this.#left.promise.catch(() => {});
    this.#member = member;
    this.#watch(member);
    const run = {
      // All partitions at once, to be handled in one round. The next fetch waits for it.
      partitionsConsumedConcurrently: 64,
      eachBatch: (payload: EachBatchPayload) => this.#take(payload),
    };
    try {
      const [left, former] = [this.#left.promise, this.#former];
      await live({ client, member, topics: [topic], fromBeginning: true, run, left, former });
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
      this.#assigned = {
        over: new AbortController(),
        done: Promise.resolve(),
        gathering: undefined,
        dealtOut: undefined,
      };
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
    const { topic, gate, read } = this.#options;
    const assigned = this.#assigned;
    // kafkajs joins again as soon as it hears of it.
    if (assigned?.dealtOut) throw assigned.dealtOut;
    if (!assigned || assigned.over.signal.aborted || this.#stopping.signal.aborted) return;
    if (gate.isClosed) {
      void resumeOnceOpen(gate, pausePartition(), this.#stopping.signal);
      return;
    }
    const messages = batch.messages.map((message) => read(toDelivery(topic, batch.partition, message)));
    const round = this.#join({ payload, messages }, assigned);
    // With more behind it, that is fetched meanwhile. At the end it is waited for: what comes meanwhile is one batch then.
    await (batch.offsetLag() === '0' ? assigned.done : round.begun);
    resolveOffset(batch.lastOffset());
  }

  #join(part: Part<Read>, assigned: Assigned<Read>): Round<Read> {
    if (assigned.gathering) {
      assigned.gathering.parts.push(part);
      return assigned.gathering;
    }
    // The other partitions of the same fetch come within this turn.
    const begun = assigned.done.then(() => turn());
    const round: Round<Read> = { parts: [part], begun };
    const left = this.#left;
    assigned.gathering = round;
    const done = begun.then(() => {
      assigned.gathering = undefined;
      return this.#handle(round.parts, assigned.over.signal);
    });
    assigned.done = done;
    this.#inHand.add(done);
    // Nobody may be waiting for it: this life is over, and all that is behind comes again in the next. But for partitions that are
    // dealt out anew none ends: a member that left for it, and came back, would make all others do the same.
    done
      .catch((error: unknown) => {
        if (isRebalance(error)) endBy(error, assigned);
        if (!assigned.over.signal.aborted) left.reject(error);
      })
      .finally(() => this.#inHand.delete(done));
    return round;
  }

  /** Resolves when a round is done and committed. */
  async #handle(parts: readonly Part<Read>[], over: AbortSignal): Promise<void> {
    const { topic, onBatch } = this.#options;
    const [first] = parts;
    if (!first) return;
    over.throwIfAborted();
    this.#stopping.signal.throwIfAborted();
    const { heartbeat, commitOffsetsIfNecessary } = first.payload;
    const messages = parts.flatMap((part) => part.messages);
    await this.#whileBeating(heartbeat, over, (signal) => onBatch(messages, signal));
    // The partitions may be somebody else's by now, and further.
    over.throwIfAborted();
    const partitions = parts.map(({ payload: { batch } }) => ({
      partition: batch.partition,
      offset: String(BigInt(batch.lastOffset()) + 1n),
    }));
    await commitOffsetsIfNecessary({ topics: [{ topic, partitions }] });
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

function endBy(dealtOut: Error, assigned: Assigned<unknown>): void {
  assigned.dealtOut = dealtOut;
  assigned.over.abort();
}
