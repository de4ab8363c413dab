import { tellHandedBack } from '../handed-back.ts';
import type { ConsumeOptions, Consumer, OnBrokerEvent } from '../port.ts';
import { atMost } from '../time-limit.ts';
import type { KafkaAccess } from './client.ts';
import type { KafkaConnection } from './connection.ts';
import { FormerMember } from './former-member.ts';
import { GroupMember } from './group-member.ts';
import { keepLiving } from './membership.ts';
import { Pools } from './pools.ts';

const leaveMs = 6_000;

/** A consumer in the group `options.name`, member after member for as long as it is not stopped. */
export class KafkaConsumer implements Consumer {
  readonly #stopping = new AbortController();
  /** They outlive the members: a message that comes again after a rebalance waits behind its own former handling. */
  readonly #pools: Pools;
  readonly #running: Promise<void>;
  #member: GroupMember | undefined;
  #stopped: Promise<void> | undefined;

  constructor(
    access: KafkaAccess,
    connection: KafkaConnection,
    options: ConsumeOptions,
    onEvent: OnBrokerEvent,
  ) {
    this.#pools = new Pools(options.concurrency);
    const former = new FormerMember();
    const findTopics = () => topicsOf(options, connection);
    const told = tellHandedBack(options, onEvent);
    const oneLife = () => {
      this.#member = new GroupMember(access, told, findTopics, this.#pools, this.#stopping.signal, former);
      return this.#member.live();
    };
    const onFailure = (error: Error) => onEvent({ kind: 'consumer-failed', consumer: options.name, error });
    this.#running = keepLiving(connection, options.name, oneLife, onFailure, this.#stopping.signal);
  }

  get isStopped(): boolean {
    return this.#stopping.signal.aborted;
  }

  get consuming(): boolean {
    return this.#member?.consuming ?? false;
  }

  stop(graceMs: number): Promise<void> {
    this.#stopped ??= this.#stop(graceMs);
    return this.#stopped;
  }

  async #stop(graceMs: number): Promise<void> {
    this.#stopping.abort();
    await this.#member?.leave(graceMs);
    await atMost(leaveMs, this.#running);
  }
}

/** What there is to take from at this moment. */
async function topicsOf(
  { channels, alsoFrom }: ConsumeOptions,
  connection: KafkaConnection,
): Promise<readonly string[]> {
  if (!alsoFrom) return channels;
  const others = (await connection.admin().listTopics()).filter(alsoFrom);
  return [...new Set([...channels, ...others])];
}
