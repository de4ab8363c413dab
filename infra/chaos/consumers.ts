import type { Flow, FlowNode } from '@conveyor/contracts/http';
import { askRabbitMq } from '@conveyor/e2e/ask-rabbitmq';
import type { System } from '@conveyor/e2e/system';
import { eventually } from '@conveyor/testing/eventually';
import kafkajs from 'kafkajs';

const { Kafka, logLevel } = kafkajs;

/**
 * The queues and groups from which somebody takes when all is well: those of the topology, and the places for replies and the group
 * of the read model, which are named when they begin.
 */
export interface Consumers {
  /** Those of them that have nobody now, or are still being shared out. */
  missing(): Promise<readonly string[]>;
}

/** Rejects when the topology names a place from which nobody takes within a minute. */
export async function watchConsumers({ call, stack: { env } }: System): Promise<Consumers> {
  const kafka = new Kafka({
    brokers: env.KAFKA_BROKERS.split(','),
    logLevel: logLevel.NOTHING,
    connectionTimeout: 1_000,
    requestTimeout: 3_000,
    retry: { retries: 0 },
  });

  async function queues(): Promise<readonly string[]> {
    const all = await askRabbitMq<readonly { readonly queue: { readonly name: string } }[]>(
      env.RABBITMQ_MANAGEMENT_URL,
      'consumers?columns=queue.name',
    );
    return all.map(({ queue }) => lastingName(queue.name));
  }

  async function groups(): Promise<readonly string[]> {
    const admin = kafka.admin();
    await admin.connect();
    try {
      const { groups: listed } = await admin.listGroups();
      const { groups: all } = await admin.describeGroups(listed.map(({ groupId }) => groupId));
      const working = all.filter(({ state, members }) => state === 'Stable' && members.length > 0);
      return working.map(({ groupId }) => lastingName(groupId));
    } finally {
      await admin.disconnect();
    }
  }

  /** A queue and a group of one consumer have one name. */
  async function taken(): Promise<ReadonlySet<string>> {
    const [ofQueues, ofGroups] = await Promise.all([queues(), groups()]);
    return new Set([...ofQueues.map((name) => `queue ${name}`), ...ofGroups.map((name) => `group ${name}`)]);
  }

  const { body: flow } = await call<Flow>('GET', '/api/flow');
  const named = takenFrom(flow.nodes);
  const atFirst = await eventually(
    async () => {
      const now = await taken();
      const missing = named.filter((place) => !now.has(place));
      if (missing.length > 0) throw new Error(`nobody takes from ${missing.join(', ')}`);
      return now;
    },
    { timeoutMs: 60_000 },
  );
  return {
    async missing() {
      const now = await taken();
      return [...atFirst].filter((place) => !now.has(place));
    },
  };
}

/**
 * The queues and groups of the topology that somebody takes from: not those in which messages wait for their time, and not the group
 * of a consumer that has no queue, since that one reads the log by a group for each build of what it makes of it.
 */
export function takenFrom(nodes: readonly FlowNode[]): readonly string[] {
  const queues = nodes.filter(({ kind }) => kind === 'queue');
  const names = new Set(queues.map(({ name }) => name));
  const groups = nodes.filter(
    ({ kind, consumer }) => kind === 'group' && (consumer === undefined || names.has(consumer)),
  );
  return [
    ...queues.filter(({ role }) => role === 'work' || role === 'dead').map(({ name }) => `queue ${name}`),
    ...groups.map(({ name }) => `group ${name}`),
  ];
}

/** Replies come to a queue or group of a process's own, which has another id each time: what matters is that there is one. */
export function lastingName(name: string): string {
  return name.replace(/\.[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/, '');
}
