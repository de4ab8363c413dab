import { randomUUID } from 'node:crypto';
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
  const kafka = new Kafka({ brokers: env.KAFKA_BROKERS.split(','), logLevel: logLevel.NOTHING });

  async function asAdmin<Result>(work: (admin: kafkajs.Admin) => Promise<Result>): Promise<Result> {
    const admin = kafka.admin();
    await admin.connect();
    try {
      return await work(admin);
    } finally {
      await admin.disconnect();
    }
  }

  await asAdmin((admin) =>
    admin.createTopics({ topics: [{ topic, numPartitions: 6 }], waitForLeaders: true }),
  );
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
      const partitions = await asAdmin((admin) => admin.fetchTopicOffsets(topic));
      const ends = new Map(partitions.map(({ partition, high }) => [partition, Number(high)]));
      return countDifferent(kafka.consumer({ groupId: `reader-of-${topic}` }), topic, ends);
    },
  };
}

/** Reads to the `ends`, by partition, and keeps nothing but ids: all bodies together are too much to hold. */
async function countDifferent(
  consumer: kafkajs.Consumer,
  topic: string,
  ends: ReadonlyMap<number, number>,
): Promise<number> {
  const ids = new Set<string>();
  const unread = new Set([...ends].filter(([, end]) => end > 0).map(([partition]) => partition));
  const { promise, resolve } = Promise.withResolvers<void>();
  if (unread.size === 0) return 0;
  await consumer.connect();
  try {
    await consumer.subscribe({ topic, fromBeginning: true });
    await consumer.run({
      eachBatch: async ({ batch: { partition, messages } }) => {
        for (const { headers, offset } of messages) {
          ids.add(String(headers?.['ce_id']));
          if (Number(offset) + 1 === ends.get(partition)) unread.delete(partition);
        }
        if (unread.size === 0) resolve();
      },
    });
    await promise;
  } finally {
    await consumer.disconnect();
  }
  return ids.size;
}
