import { randomUUID } from 'node:crypto';
import { type Admin, type EachBatchPayload, type Consumer as Member, Partitioners } from 'kafkajs';
import { asError } from '../as-error.ts';
import { growingPause } from '../pause.ts';
import type { Delivery } from '../port.ts';
import { type KafkaAccess, KafkaClient } from './client.ts';
import { FormerMember } from './former-member.ts';
import { createMember, live } from './membership.ts';
import { toDelivery } from './message.ts';

const stalledMs = 30_000;
const deleteTries = 3;

export interface ReadLogOptions {
  readonly topic: string;
  /** Only the messages with this key: of the topic one partition is read. */
  readonly key?: string;
  /** Called with some messages of one partition, in their order; nothing more is read until it resolves. */
  readonly onBatch: (deliveries: readonly Delivery[]) => Promise<void>;
  /** Ends the reading: it rejects with the signal's reason. */
  readonly signal?: AbortSignal;
}

/**
 * Reads a topic from its first message to what is its end now, then resolves: whatever is written
 * meanwhile is not waited for, nor what belongs to a transaction that is still under way. It shares the topic with nobody, commits nothing and leaves no consumer
 * group behind, so it can be done at any time and any number of times. In memory there is one batch.
 *
 * It goes on where it was when a connection is lost. Rejects when there is no such topic, when nothing has come for
 * 30 s though the end is not reached, and with the error of `onBatch`: it never passes a part off as the whole.
 */
export async function readLog(access: KafkaAccess, options: ReadLogOptions): Promise<void> {
  options.signal?.throwIfAborted();
  const ends = await withAdmin(access, (admin) => endsOf(admin, options));
  if ([...ends.values()].some((end) => end > 0n)) await new LogReading(access, options, ends).run();
}

/** Partition → the offset to stop before; 0 where there is nothing to be read. */
type Ends = ReadonlyMap<number, bigint>;

async function endsOf(admin: Admin, { topic, key }: ReadLogOptions): Promise<Ends> {
  if (!(await admin.listTopics()).includes(topic)) throw new Error(`Kafka has no topic ${topic}`);
  const offsets = await admin.fetchTopicOffsets(topic);
  const wanted = key === undefined ? undefined : await partitionOf(admin, topic, key);
  return new Map(
    offsets.map(({ partition, low, high }) => {
      const isWanted = wanted === undefined || partition === wanted;
      return [partition, isWanted && BigInt(low) < BigInt(high) ? BigInt(high) : 0n];
    }),
  );
}

/** Where the publisher puts the messages of a key. */
async function partitionOf(admin: Admin, topic: string, key: string): Promise<number> {
  const { topics } = await admin.fetchTopicMetadata({ topics: [topic] });
  const partitionMetadata = topics[0]?.partitions ?? [];
  return Partitioners.DefaultPartitioner()({ topic, partitionMetadata, message: { key, value: null } });
}

/**
 * kafkajs reads only as a member of a group, so this is one, alone in a group of its own. How far it is, is
 * told by its notes on each batch and not by the messages: the last offsets of a log may hold none (the
 * mark of a transaction, or what compaction took away).
 */
class LogReading {
  readonly #access: KafkaAccess;
  readonly #options: ReadLogOptions;
  readonly #ends: Ends;
  readonly #groupId: string;
  /** Partition → the offset to go on with. */
  readonly #next = new Map<number, bigint>();
  readonly #over = Promise.withResolvers<void>();
  readonly #former = new FormerMember();
  #isOver = false;
  /** Batches that `onBatch` has in hand: while there is one nothing comes, however long that takes. */
  #inHand = 0;
  #lastProgress = performance.now();

  constructor(access: KafkaAccess, options: ReadLogOptions, ends: Ends) {
    this.#access = access;
    this.#options = options;
    this.#ends = ends;
    this.#groupId = `${access.clientId}.reads.${randomUUID()}`;
    const end = () => {
      this.#isOver = true;
    };
    this.#over.promise.then(end, end);
  }

  async run(): Promise<void> {
    const { signal = new AbortController().signal } = this.#options;
    const abort = () => this.#over.reject(signal.reason);
    signal.addEventListener('abort', abort);
    const watch = setInterval(() => this.#assertProgress(), 1_000);
    try {
      for (let failures = 0; !this.#isOver; failures++) {
        await this.#live().catch(() => growingPause(failures, signal));
      }
      await this.#over.promise;
    } finally {
      clearInterval(watch);
      signal.removeEventListener('abort', abort);
      await this.#deleteGroup();
    }
  }

  /** Rejects when it crashed, for example because the coordinator of a fresh Kafka is not there yet. */
  async #live(): Promise<void> {
    const client = new KafkaClient(this.#access);
    const member = createMember(client, this.#groupId, this.#former);
    member.on(member.events.GROUP_JOIN, () => this.#joined(member));
    member.on(member.events.END_BATCH_PROCESS, ({ payload: { partition, lastOffset } }) =>
      this.#passed(member, partition, BigInt(lastOffset) + 1n),
    );
    const run = {
      eachBatchAutoResolve: true,
      eachBatch: (payload: EachBatchPayload) => this.#take(payload),
    };
    const topics = [this.#options.topic];
    const [left, former] = [this.#over.promise, this.#former];
    await live({ client, member, topics, fromBeginning: true, run, left, former });
  }

  /** Nothing was committed, so from a second time on it would begin anew. */
  #joined(member: Member): void {
    const { topic } = this.#options;
    for (const [partition, offset] of this.#next) {
      member.seek({ topic, partition, offset: String(offset) });
    }
    const partitions = [...this.#ends.keys()].filter((partition) => this.#hasEnded(partition));
    member.pause([{ topic, partitions }]);
  }

  async #take({ batch, heartbeat }: EachBatchPayload): Promise<void> {
    const { topic, partition, messages } = batch;
    const end = this.#ends.get(partition) ?? 0n;
    const next = this.#next.get(partition) ?? 0n;
    const { key, onBatch } = this.#options;
    const deliveries = messages
      .filter(({ offset }) => BigInt(offset) >= next && BigInt(offset) < end)
      .filter((message) => key === undefined || message.key?.toString() === key)
      .map((message) => toDelivery(topic, partition, message));
    this.#inHand += 1;
    try {
      if (deliveries.length > 0) await onBatch(deliveries);
    } catch (error) {
      this.#over.reject(asError(error));
      throw error;
    } finally {
      this.#inHand -= 1;
      this.#lastProgress = performance.now();
    }
    // What has been handed over is not handed over again, even if this life ends here.
    const last = messages.at(-1);
    if (last) this.#next.set(partition, BigInt(last.offset) + 1n);
    await heartbeat();
  }

  #passed(member: Member, partition: number, next: bigint): void {
    this.#lastProgress = performance.now();
    this.#next.set(partition, next);
    if (!this.#hasEnded(partition)) return;
    member.pause([{ topic: this.#options.topic, partitions: [partition] }]);
    if ([...this.#ends.keys()].every((each) => this.#hasEnded(each))) this.#over.resolve();
  }

  #hasEnded(partition: number): boolean {
    return (this.#next.get(partition) ?? 0n) >= (this.#ends.get(partition) ?? 0n);
  }

  #assertProgress(): void {
    if (this.#inHand > 0 || performance.now() - this.#lastProgress < stalledMs) return;
    this.#over.reject(new Error(`${this.#options.topic} could not be read to its end: nothing more comes`));
  }

  /** If it cannot be done: without offsets an empty group is forgotten by Kafka itself, only later. */
  async #deleteGroup(): Promise<void> {
    for (let tries = 0; tries < deleteTries; tries++) {
      const deleted = withAdmin(this.#access, (admin) => admin.deleteGroups([this.#groupId]));
      if (
        await deleted.then(
          () => true,
          () => false,
        )
      )
        return;
    }
  }
}

async function withAdmin<Result>(
  access: KafkaAccess,
  work: (admin: Admin) => Promise<Result>,
): Promise<Result> {
  const client = new KafkaClient(access);
  const admin = client.kafka.admin();
  try {
    await admin.connect();
    return await work(admin);
  } finally {
    await client.end(() => admin.disconnect());
  }
}
