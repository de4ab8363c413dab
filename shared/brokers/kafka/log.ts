import { Availability } from '../availability.ts';
import { Gate } from '../gate.ts';
import type { Delivery, OnBrokerEvent } from '../port.ts';
import type { KafkaAccess } from './client.ts';
import { KafkaConnection } from './connection.ts';
import { type Follower, LogFollower, type OnLogBatch } from './log-follower.ts';

/** Partition → offset of the message that comes next. */
export type LogPositions = ReadonlyMap<number, bigint>;

/**
 * A topic read as a log: in batches and in the order of each partition, by as many groups as one likes, each from the
 * first message on and at its own pace. A batch is what has come since the last one, so it grows with the load.
 *
 * A queue hands out each message once, so RabbitMQ has nothing of the kind.
 */
export interface KafkaLog {
  /**
   * Reads on from where `group` has come to, from the first message if it is new. `read` says what is to be made of each
   * message; what it throws ends this life of the follower, as does a batch that fails.
   */
  follow<Read>(group: string, read: (delivery: Delivery) => Read, onBatch: OnLogBatch<Read>): Follower;
  /** Where each partition ends at this moment. */
  ends(): Promise<LogPositions>;
  /** How far `group` has read; its first message where it has not begun. */
  positions(group: string): Promise<LogPositions>;
  /** Deletes a group that nobody is a member of any more. One that does not exist is no error. */
  forget(group: string): Promise<void>;
  /** Followers must have been stopped. */
  close(): Promise<void>;
}

export interface KafkaLogOptions extends KafkaAccess {
  readonly topic: string;
  readonly onEvent?: OnBrokerEvent;
  /** While it is closed no follower takes another batch. */
  readonly gate?: Gate;
}

/** Connects, and keeps at it. The topic must be declared by somebody else; until it is there, followers wait. */
export function openKafkaLog(options: KafkaLogOptions): KafkaLog {
  const { topic, onEvent = () => {}, gate = new Gate(), ...access } = options;
  const connection = new KafkaConnection(access, { topics: [] }, new Availability(['kafka'], () => {}));
  connection.start();

  return {
    follow: (group, read, onBatch) =>
      new LogFollower(access, connection, { group, topic, read, onBatch, onEvent, gate }),

    async ends() {
      const partitions = await connection.admin().fetchTopicOffsets(topic);
      return new Map(partitions.map(({ partition, high }) => [partition, BigInt(high)]));
    },

    async positions(group) {
      const admin = connection.admin();
      const [all, committed] = await Promise.all([
        admin.fetchTopicOffsets(topic),
        admin.fetchOffsets({ groupId: group, topics: [topic] }),
      ]);
      const read = new Map(
        committed
          .flatMap(({ partitions }) => partitions)
          .map(({ partition, offset }) => [partition, BigInt(offset)]),
      );
      // -1: nothing is committed.
      return new Map(
        all.map(({ partition, low }) => {
          const position = read.get(partition) ?? -1n;
          return [partition, position < 0n ? BigInt(low) : position];
        }),
      );
    },

    async forget(group) {
      const { groups } = await connection.admin().listGroups();
      if (groups.some(({ groupId }) => groupId === group)) await connection.admin().deleteGroups([group]);
    },

    close: () => connection.close(),
  };
}
