import { setTimeout as sleep } from 'node:timers/promises';
import { KafkaClient } from '../../shared/brokers/kafka/client.ts';
import { createKafkaBroker } from '../../shared/brokers/kafka/index.ts';
import type { Ground } from './ground.ts';

type Admin = ReturnType<KafkaClient['kafka']['admin']>;

const emptyMs = 15_000;
const lookEveryMs = 200;

export function kafkaGround(brokers: readonly string[]): Ground {
  return {
    broker: ({ kafka }, clientId, onEvent) =>
      createKafkaBroker({ brokers, topology: kafka, clientId, onEvent }),

    sendExpiring: () => Promise.reject(new Error('On Kafka no message expires')),

    async clear({ kafka }, consumers) {
      const client = new KafkaClient({ brokers, clientId: 'demo-by-hand' });
      const admin = client.kafka.admin();
      try {
        await admin.connect();
        const topics = new Set(await admin.listTopics());
        const ours = [...new Set(kafka.topics.map(({ name }) => name))].filter((name) => topics.has(name));
        if (ours.length > 0) await admin.deleteTopics({ topics: ours });
        const groups = new Set((await admin.listGroups()).groups.map(({ groupId }) => groupId));
        const left = [...new Set(consumers)].filter((name) => groups.has(name));
        if (left.length > 0) await deleteWhenEmpty(admin, left);
      } finally {
        await client.end(() => admin.disconnect());
      }
    },
  };
}

/** A member that was killed is missed only after its session has run out. */
async function deleteWhenEmpty(admin: Admin, groups: readonly string[]): Promise<void> {
  const until = performance.now() + emptyMs;
  for (;;) {
    try {
      await admin.deleteGroups([...groups]);
      return;
    } catch (error) {
      if (performance.now() > until) throw error;
      await sleep(lookEveryMs);
    }
  }
}
