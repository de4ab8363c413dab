import { randomUUID } from 'node:crypto';
import type { TestContext } from 'node:test';
import kafkajs, { type Admin, Kafka, logLevel } from 'kafkajs';
import { createKafkaBroker } from '../kafka/index.ts';
import type { KafkaTopology } from '../kafka/topology.ts';
import { type Ground, Playground, required } from './playground.ts';
import { TcpProxy } from './tcp-proxy.ts';

export type KafkaGround = Ground & {
  readonly topic: string;
  readonly admin: Admin;
  /** Changes one setting of the topic. */
  readonly configure: (name: string, value: string) => Promise<unknown>;
};

/** A playground on a topic with so many partitions, and the topic and Kafka's admin beside it. */
export async function playOnKafka(
  context: TestContext,
  partitions: number,
): Promise<{ readonly playground: Playground; readonly kafka: KafkaGround }> {
  const made: KafkaGround[] = [];
  const playground = await Playground.open(context, async (names) => {
    const ground = await kafkaGround(names, partitions);
    made.push(ground);
    return ground;
  });
  return { playground, kafka: made[0] as KafkaGround };
}

/** One topic; each name is a consumer group of it. */
export async function kafkaGround(names: readonly string[], partitions = 3): Promise<KafkaGround> {
  const brokers = required('KAFKA_BROKERS').split(',');
  const topic = `topic-${randomUUID()}`;
  const replies = `replies-${randomUUID()}`;
  const topology: KafkaTopology = {
    topics: [
      { name: topic, partitions },
      { name: replies, partitions: 2 },
    ],
  };
  const admin = new Kafka({ brokers, clientId: 'test-admin', logLevel: logLevel.NOTHING }).admin();
  await admin.connect();
  const [server] = (await admin.describeCluster()).brokers;
  const { host = '', port = 0 } = server ?? {};
  return {
    topic,
    admin,
    configure: (name, value) =>
      admin.alterConfigs({
        validateOnly: false,
        resources: [
          { type: kafkajs.ConfigResourceTypes.TOPIC, name: topic, configEntries: [{ name, value }] },
        ],
      }),
    addressOf: (key) => ({ channel: topic, key }),
    nowhere: { channel: `no-such-topic-${randomUUID()}`, key: 'any' },
    channelOf: () => topic,
    replyChannel: replies,
    broker: (onEvent, proxy) =>
      createKafkaBroker({
        brokers: proxy ? [`127.0.0.1:${proxy.port}`] : brokers,
        topology,
        clientId: 'test',
        onEvent,
      }),
    // Kafka tells its clients where it is; they must go on believing that it is at the proxy.
    proxy: () => TcpProxy.open(host, port, (chunk, proxyPort) => moved(chunk, host, port, proxyPort)),
    remove: async () => {
      await admin.deleteTopics({ topics: [topic, replies] }).catch(() => {});
      await admin.deleteGroups([...names]).catch(() => {});
      await admin.disconnect();
    },
  };
}

/** `chunk` with every `host` + `port` (a STRING and an INT32 in the protocol) pointing to another port. */
function moved(chunk: Buffer, host: string, port: number, otherPort: number): Buffer {
  const address = (at: number) => {
    const bytes = Buffer.alloc(host.length + 4);
    bytes.write(host);
    bytes.writeInt32BE(at, host.length);
    return bytes;
  };
  const [from, to] = [address(port), address(otherPort)];
  for (let at = chunk.indexOf(from); at !== -1; at = chunk.indexOf(from, at + 1)) to.copy(chunk, at);
  return chunk;
}
