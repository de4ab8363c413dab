import { deepStrictEqual } from 'node:assert/strict';
import { createRequire } from 'node:module';
import { test } from 'node:test';

const load = createRequire(import.meta.url);

/** A batch as the producer hands it over, and what kafkajs makes of its parts: none of this is in its types. */
interface Batch {
  readonly acks: number;
  readonly topicMessages: readonly { readonly topic: string; readonly messages: readonly object[] }[];
}
type CreateSendMessages = (parts: object) => (batch: Batch) => Promise<unknown>;
type CreateRetry = (options: object) => unknown;

interface Produced {
  readonly topicData: readonly {
    readonly topic: string;
    readonly partitions: readonly { readonly partition: number; readonly messages: readonly object[] }[];
  }[];
}

const nothing = () => {};

test('a request of which one part failed is repeated whole, also when all of it has one leader by then (our patch of kafkajs)', async () => {
  // Partition 0 is led by the first broker. Partition 1 is led by the second one, until that gives it up.
  let leaderOf1 = 2;
  const sent: string[] = [];
  const broker = (nodeId: number) => ({
    nodeId,
    async produce({ topicData }: Produced) {
      const parts = topicData.flatMap(({ partitions }) => partitions.map(({ partition }) => partition));
      sent.push(`${parts.join(' and ')} to ${nodeId}`);
      if (nodeId === 2) {
        leaderOf1 = 1;
        throw Object.assign(new Error('not the leader any more'), {
          name: 'KafkaJSProtocolError',
          type: 'NOT_LEADER_FOR_PARTITION',
          retriable: true,
        });
      }
      const partitions = parts.map((partition) => ({ partition, errorCode: 0, baseOffset: '0' }));
      return { topics: [{ topicName: 'orders', partitions }] };
    },
  });
  const brokers = new Map([1, 2].map((nodeId) => [nodeId, broker(nodeId)]));
  const cluster = {
    targetTopics: new Set(),
    addMultipleTargetTopics: async () => {},
    refreshMetadata: async () => {},
    refreshMetadataIfNecessary: async () => {},
    isConnected: () => true,
    findTopicPartitionMetadata: () => [0, 1].map((partitionId) => ({ partitionId })),
    findLeaderForPartitions: (_topic: string, partitions: readonly string[]) =>
      Object.groupBy(partitions, (partition) => (partition === '0' ? 1 : leaderOf1)),
    findBroker: async ({ nodeId }: { nodeId: string }) => brokers.get(Number(nodeId)),
  };
  const eosManager = {
    isTransactional: () => false,
    getProducerId: () => 1,
    getProducerEpoch: () => 0,
    getSequence: () => 0,
    updateSequence: nothing,
    acquireBrokerLock: async () => {},
    releaseBrokerLock: async () => {},
  };
  const createSendMessages = load('kafkajs/src/producer/sendMessages') as CreateSendMessages;
  const createRetry = load('kafkajs/src/retry') as CreateRetry;
  const sendMessages = createSendMessages({
    logger: { debug: nothing, error: nothing },
    cluster,
    eosManager,
    partitioner: ({ message }: { message: { partition: number } }) => message.partition,
    retrier: createRetry({ retries: 3, initialRetryTime: 1 }),
  });
  const messages = [0, 1].map((partition) => ({ partition, value: Buffer.from('x') }));
  await sendMessages({ acks: -1, topicMessages: [{ topic: 'orders', messages }] });
  deepStrictEqual(sent, ['0 to 1', '1 to 2', '0 and 1 to 1']);
});
