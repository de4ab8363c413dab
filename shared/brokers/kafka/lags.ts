import type { Admin } from 'kafkajs';
import { Availability } from '../availability.ts';
import type { KafkaAccess } from './client.ts';
import { KafkaConnection } from './connection.ts';

/** A consumer group, and the topics that it reads. */
export interface ReadingGroup {
  readonly name: string;
  readonly topics: readonly string[];
}

/** Reads how far consumer groups are behind. */
export interface GroupLags {
  /**
   * Group → messages that it has not committed; all there are, where it has committed nothing. One question for each topic and each
   * group, one after the other: Kafka has better things to do. Waits for the connection; rejects when `signal` has fired, or
   * when there is no such topic.
   */
  read(groups: readonly ReadingGroup[], signal: AbortSignal): Promise<ReadonlyMap<string, number>>;
  close(): Promise<void>;
}

/** Connects when it is asked for the first time, and from then on stays connected. */
export function openGroupLags(access: KafkaAccess): GroupLags {
  const connection = new KafkaConnection(access, { topics: [] }, new Availability(['kafka'], () => {}));

  return {
    async read(groups, signal) {
      connection.start();
      await connection.connected(signal);
      const admin = connection.admin();
      const spans = new Map<string, readonly Span[]>();
      for (const topic of new Set(groups.flatMap(({ topics }) => topics))) {
        signal.throwIfAborted();
        spans.set(topic, await spansOf(admin, topic));
      }
      const lags = new Map<string, number>();
      for (const { name, topics } of groups) {
        signal.throwIfAborted();
        lags.set(name, await lagOf(admin, name, topics, spans));
      }
      return lags;
    },
    close: () => connection.close(),
  };
}

/** What there is of a partition: from offset `low` to before `high`. */
interface Span {
  readonly partition: number;
  readonly low: bigint;
  readonly high: bigint;
}

async function spansOf(admin: Admin, topic: string): Promise<readonly Span[]> {
  const partitions = await admin.fetchTopicOffsets(topic);
  return partitions.map(({ partition, low, high }) => ({ partition, low: BigInt(low), high: BigInt(high) }));
}

async function lagOf(
  admin: Admin,
  groupId: string,
  topics: readonly string[],
  spans: ReadonlyMap<string, readonly Span[]>,
): Promise<number> {
  const committed = await admin.fetchOffsets({ groupId, topics: [...topics] });
  let lag = 0n;
  for (const { topic, partitions } of committed) {
    const offsets = new Map(partitions.map(({ partition, offset }) => [partition, BigInt(offset)]));
    for (const { partition, low, high } of spans.get(topic) ?? [])
      lag += behind(offsets.get(partition), low, high);
  }
  return Number(lag);
}

/** What was deleted by its age is not waited for any more. Kafka says -1 where nothing is committed. */
function behind(offset: bigint | undefined, low: bigint, high: bigint): bigint {
  const next = offset === undefined || offset < low ? low : offset;
  return next < high ? high - next : 0n;
}
