import { askRabbitMq } from '@conveyor/e2e/ask-rabbitmq';
import type { Stack } from '@conveyor/local/stack';
import kafkajs from 'kafkajs';

const { Kafka, logLevel } = kafkajs;

/** Which queues and groups had somebody who takes from them when all was well. */
export interface Consumers {
  /** Those of them that have nobody now, or are still being shared out. */
  missing(): Promise<readonly string[]>;
}

export async function watchConsumers({ env }: Stack): Promise<Consumers> {
  const kafka = new Kafka({
    brokers: env.KAFKA_BROKERS.split(','),
    logLevel: logLevel.NOTHING,
    connectionTimeout: 1_000,
    requestTimeout: 3_000,
    retry: { retries: 0 },
  });

  async function queues(): Promise<ReadonlySet<string>> {
    const all = await askRabbitMq<readonly { readonly queue: { readonly name: string } }[]>(
      env.RABBITMQ_MANAGEMENT_URL,
      'consumers?columns=queue.name',
    );
    return new Set(all.map(({ queue }) => lastingName(queue.name)));
  }

  async function groups(): Promise<ReadonlySet<string>> {
    const admin = kafka.admin();
    await admin.connect();
    try {
      const { groups: listed } = await admin.listGroups();
      const { groups: all } = await admin.describeGroups(listed.map(({ groupId }) => groupId));
      const working = all.filter(({ state, members }) => state === 'Stable' && members.length > 0);
      return new Set(working.map(({ groupId }) => lastingName(groupId)));
    } finally {
      await admin.disconnect();
    }
  }

  const wanted = { queues: await queues(), groups: await groups() };
  return {
    async missing() {
      const [nowQueues, nowGroups] = await Promise.all([queues(), groups()]);
      return [
        ...[...wanted.queues].filter((name) => !nowQueues.has(name)),
        ...[...wanted.groups].filter((name) => !nowGroups.has(name)),
      ];
    },
  };
}

/** Replies come to a queue or group of a process's own, which has another id each time: what matters is that there is one. */
export function lastingName(name: string): string {
  return name.replace(/\.[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/, '');
}
