import type { BrokerName } from '@conveyor/contracts';
import type { Stack } from '@conveyor/local/stack';
import kafkajs from 'kafkajs';

const { Kafka, logLevel } = kafkajs;

/** Asks the brokers themselves how many messages a consumer has been given and not yet acknowledged. */
export interface Unacknowledged {
  of(consumer: string, broker: BrokerName): Promise<number>;
  close(): Promise<void>;
}

export async function openUnacknowledged({ env }: Stack): Promise<Unacknowledged> {
  const admin = new Kafka({ brokers: env.KAFKA_BROKERS.split(','), logLevel: logLevel.NOTHING }).admin();
  await admin.connect();

  /** RabbitMQ counts them by queue. */
  async function ofQueue(queue: string): Promise<number> {
    const url = new URL(`/api/queues/%2F/${queue}`, env.RABBITMQ_MANAGEMENT_URL);
    const authorization = `Basic ${btoa(`${url.username}:${url.password}`)}`;
    url.username = '';
    url.password = '';
    const answer = (await (await fetch(url, { headers: { authorization } })).json()) as {
      messages_unacknowledged?: number;
    };
    return answer.messages_unacknowledged ?? 0;
  }

  /** On Kafka they are the messages behind the group's committed offsets, in partitions that a member reads. */
  async function ofGroup(groupId: string): Promise<number> {
    const committed = await admin.fetchOffsets({ groupId });
    const lags = await Promise.all(
      committed.map(async ({ topic, partitions }) => {
        const ends = await admin.fetchTopicOffsets(topic);
        return partitions.reduce((sum, { partition, offset }) => {
          const end = ends.find((each) => each.partition === partition);
          return sum + Math.max(0, Number(end?.high ?? 0) - Math.max(Number(offset), Number(end?.low ?? 0)));
        }, 0);
      }),
    );
    return lags.reduce((sum, lag) => sum + lag, 0);
  }

  return {
    of: (consumer, broker) => (broker === 'rabbitmq' ? ofQueue(consumer) : ofGroup(consumer)),
    close: () => admin.disconnect(),
  };
}
