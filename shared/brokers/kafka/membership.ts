import type { Consumer, ConsumerConfig, ConsumerRunConfig } from 'kafkajs';
import { asError } from '../as-error.ts';
import { growingPause } from '../pause.ts';
import type { KafkaClient } from './client.ts';
import type { KafkaConnection } from './connection.ts';
import { coordinated } from './coordinated.ts';
import type { FormerMember } from './former-member.ts';

/** Longer than it takes to join a group in which a dead member is still waited for. */
const lastingMs = 20_000;

/** A kafkajs consumer that is not yet a member of its group. A member that dies is missed after 6 s, not after 30. */
export function createMember(
  { kafka }: KafkaClient,
  groupId: string,
  former: FormerMember,
  more: Pick<ConsumerConfig, 'maxWaitTimeInMs' | 'maxBytesPerPartition'> = {},
): Consumer {
  return kafka.consumer({
    groupId,
    partitionAssigners: [former.assigner],
    sessionTimeout: 6_000,
    heartbeatInterval: 1_500,
    // Shorter than the limit of a request (7 s): who waits for a leader that does not share out hears in time that it is out.
    rebalanceTimeout: 6_000,
    // The broker answers at once when there is a message; this bounds how late a resumed partition is asked for.
    maxWaitTimeInMs: 1_000,
    // How late partitions are noticed that were added to a topic.
    metadataMaxAge: 10_000,
    allowAutoTopicCreation: false,
    // kafkajs restarts after some crashes and not after others. Here after none: there is one way back.
    retry: { initialRetryTime: 100, maxRetryTime: 500, retries: 3, restartOnFailure: async () => false },
    ...more,
  });
}

export interface Life {
  readonly client: KafkaClient;
  readonly member: Consumer;
  readonly topics: readonly string[];
  /** Where to begin in a partition of which the group has no position: with its first message, or behind its last. */
  readonly fromBeginning: boolean;
  readonly run: ConsumerRunConfig;
  readonly left: Promise<void>;
  readonly former: FormerMember;
}

/** A member's life: joins, consumes until `left` resolves, and leaves. Rejects when it crashed. */
export async function live({
  client,
  member,
  topics,
  fromBeginning,
  run,
  left,
  former,
}: Life): Promise<void> {
  const crashed = Promise.withResolvers<never>();
  crashed.promise.catch(() => {});
  member.on(member.events.CRASH, ({ payload }) => crashed.reject(payload.error));
  try {
    await member.connect();
    await member.subscribe({ topics: [...topics], fromBeginning });
    await former.leave();
    member.on(member.events.GROUP_JOIN, ({ payload }) => former.note(payload));
    await member.run({ autoCommit: false, eachBatchAutoResolve: false, ...run });
    await Promise.race([left, crashed.promise]);
  } finally {
    await client.end(() => member.disconnect());
  }
}

/** One life after another until `stopping` fires, each begun when Kafka is there, the topology declared, and `group` coordinated. */
export async function keepLiving(
  connection: KafkaConnection,
  group: string,
  oneLife: () => Promise<void>,
  onFailure: (error: Error) => void,
  stopping: AbortSignal,
): Promise<void> {
  for (let failures = 0; !stopping.aborted; ) {
    const begun = performance.now();
    try {
      await connection.connected(stopping);
      await coordinated(() => connection.admin().describeGroups([group]), stopping);
      // Whoever stops it has nobody to send away yet: a life begun now would never end.
      if (stopping.aborted) return;
      await oneLife();
      failures = 0;
    } catch (error) {
      if (stopping.aborted) return;
      onFailure(asError(error));
      // One that has lasted begins a new row of failures.
      if (performance.now() - begun > lastingMs) failures = 0;
      await growingPause(failures++, stopping);
    }
  }
}
