import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Broker, BrokerName, OutgoingMessage } from '@conveyor/brokers';
import { newMessageId } from '@conveyor/brokers';
import { freePorts, removeOldRuns, startServers, toolEnv } from '@conveyor/local/stack';
import { appendToOutbox } from '@conveyor/patterns/transactional-outbox/outbox';
import { type Relay, startRelay } from '@conveyor/patterns/transactional-outbox/relay';
import { createTestDatabase, type TestDatabase } from '@conveyor/testing/test-database';
import { startTestKafka } from '@conveyor/testing/test-kafka';
import { startTestRabbit } from '@conveyor/testing/test-rabbit';
import { partitions, place } from './place.ts';
import { type PlainSender, plainKafka, plainRabbit } from './plain-senders.ts';

const runs = fileURLToPath(new URL('../../../.local/bench/', import.meta.url));
const schema = fileURLToPath(import.meta.resolve('@conveyor/patterns/transactional-outbox/schema.sql'));

const keys = 1_000;
const atATime = 5_000;

/** An outbox on real servers, without any service. */
export interface RelayGround {
  readonly database: TestDatabase;
  readonly brokers: Readonly<Record<BrokerName, Broker>>;
  /** Plain drivers for the same brokers. */
  readonly plain: Readonly<Record<BrokerName, () => Promise<PlainSender>>>;
  /** A relay on its own, which tells of each batch when its rows are deleted. */
  relay(broker: Broker, onPublished: (count: number) => void): Relay;
  /** Commits messages in the outbox, so many in one transaction. */
  write(broker: BrokerName, messages: readonly OutgoingMessage[]): Promise<void>;
  stop(): Promise<void>;
}

/** With servers of its own. */
export async function startRelayGround(): Promise<RelayGround> {
  await removeOldRuns(runs);
  const ports = await freePorts();
  const servers = await startServers({
    dir: join(runs, `relay-${process.pid}`),
    ports,
    only: ['postgres', 'rabbitmq', 'kafka'],
  });
  try {
    const ground = await openRelayGround(toolEnv(ports));
    return {
      ...ground,
      async stop() {
        await ground.stop();
        await servers.stop();
      },
    };
  } catch (error) {
    await servers.stop();
    throw error;
  }
}

/** On servers that run. */
export async function openRelayGround(env: ReturnType<typeof toolEnv>): Promise<RelayGround> {
  // What tests use finds the servers here.
  Object.assign(process.env, env);
  const database = await createTestDatabase([await readFile(schema, 'utf8')]);
  const queue = { name: place, type: 'quorum', arguments: { 'x-delivery-limit': 20 } } as const;
  const brokers = {
    rabbitmq: await startTestRabbit({ queues: [queue] }),
    kafka: await startTestKafka([place], partitions),
  };
  return {
    database,
    brokers,
    plain: {
      rabbitmq: () => plainRabbit(env.RABBITMQ_URL),
      kafka: () => plainKafka(env.KAFKA_BROKERS),
    },
    relay: (broker, onPublished) =>
      startRelay({
        service: 'bench',
        broker,
        connect: () => database.connect(),
        onEvent: (event) => event.kind === 'published' && onPublished(event.count),
      }),
    async write(broker, messages) {
      for (let from = 0; from < messages.length; from += atATime) {
        const rows = messages.slice(from, from + atATime).map((message) => ({ broker, message }));
        await database.transaction((tx) => appendToOutbox(tx, rows));
      }
    },
    async stop() {
      await Promise.all(Object.values(brokers).map((broker) => broker.close()));
      await database.drop();
    },
  };
}

/** Messages as orders have them: of many keys, about half a kilobyte each. */
export function someMessages(broker: BrokerName, count: number): readonly OutgoingMessage[] {
  return Array.from({ length: count }, (_, n) => {
    const key = `order-${n % keys}`;
    return {
      address: broker === 'kafka' ? { channel: place, key } : { channel: '', key: place },
      orderingKey: key,
      attributes: {
        id: newMessageId(),
        type: 'order.created',
        source: '/bench',
        subject: key,
        time: new Date().toISOString(),
        correlationid: newMessageId(),
      },
      body: Buffer.from(JSON.stringify({ orderId: key, n, note: 'x'.repeat(300) })),
    };
  });
}
