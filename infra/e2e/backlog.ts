import { randomUUID } from 'node:crypto';
import type { Delivery } from '@conveyor/brokers';
import { readLog } from '@conveyor/brokers/kafka';
import type { Stack } from '@conveyor/local/stack';
import kafkajs from 'kafkajs';
import type { Databases } from './databases.ts';

const { Kafka, logLevel } = kafkajs;

/** Messages of 24 kB for a topic that nobody reads, to be put into the outbox of the order service as if it had written them. */
export interface Backlog {
  grow(count: number): Promise<void>;
  /** How many different ones have arrived. */
  arrived(): Promise<number>;
}

/** Makes the topic: to be called while Kafka is there. */
export async function prepareBacklog({ env }: Stack, databases: Databases): Promise<Backlog> {
  const topic = `test-${randomUUID()}`;
  const brokers = env.KAFKA_BROKERS.split(',');
  const admin = new Kafka({ brokers, logLevel: logLevel.NOTHING }).admin();

  await admin.connect();
  try {
    await admin.createTopics({ topics: [{ topic, numPartitions: 6 }], waitForLeaders: true });
  } finally {
    await admin.disconnect();
  }
  return {
    async grow(count) {
      await databases.query(
        'conveyor_order',
        `insert into outbox (message_id, broker, channel, routing_key, ordering_key, attributes, body)
         select id, 'kafka', $1, id::text, id::text,
                jsonb_build_object('id', id, 'type', 'test.happened', 'source', '/test'),
                convert_to(repeat(md5(id::text), 768), 'utf8')
         from (select gen_random_uuid() as id from generate_series(1, $2)) as messages`,
        [topic, count],
      );
    },
    async arrived() {
      const ids = new Set<string | undefined>();
      const onBatch = async (deliveries: readonly Delivery[]) => {
        for (const { attributes } of deliveries) ids.add(attributes['id']);
      };
      await readLog({ brokers, clientId: 'test' }, { topic, onBatch });
      return ids.size;
    },
  };
}
