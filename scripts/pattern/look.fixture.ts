import { askRabbitMq } from '../../infra/e2e/ask-rabbitmq.ts';
import { KafkaClient } from '../../shared/brokers/kafka/client.ts';
import { connectRelay } from '../../shared/service-kit/messaging/connect-relay.ts';
import { serversIn } from '../stage/servers.ts';

// What the servers themselves say about a run: past the demo, its stage and our adapters.

function servers() {
  const named = serversIn(process.env);
  if (!named) throw new Error('This test needs the real servers');
  return named;
}

function isOf(run: string): (name: string) => boolean {
  return (name) => name.startsWith('demo') && name.includes(run);
}

interface RabbitQueue {
  readonly name: string;
  /** How many are in it. */
  readonly messages?: number;
  readonly message_stats?: { readonly ack?: number; readonly publish?: number };
}

/** The queues of a run; RabbitMQ counts what goes through them every five seconds. */
export async function queuesOf(run: string): Promise<readonly RabbitQueue[]> {
  const queues = await askRabbitMq<readonly RabbitQueue[]>(
    process.env['RABBITMQ_MANAGEMENT_URL'] ?? '',
    'queues',
  );
  return queues.filter(({ name }) => isOf(run)(name));
}

async function asKafkaAdmin<Result>(
  ask: (admin: ReturnType<KafkaClient['kafka']['admin']>) => Promise<Result>,
): Promise<Result> {
  const client = new KafkaClient({ brokers: servers().kafka, clientId: 'look' });
  const admin = client.kafka.admin();
  await admin.connect();
  try {
    return await ask(admin);
  } finally {
    await client.end(() => admin.disconnect());
  }
}

/** Topics and consumer groups of a run. */
export function namesOnKafka(run: string): Promise<readonly string[]> {
  return asKafkaAdmin(async (admin) => {
    const groups = (await admin.listGroups()).groups.map(({ groupId }) => groupId);
    return [...(await admin.listTopics()), ...groups].filter(isOf(run));
  });
}

/** Topic → how many messages were ever written to it. */
export function writtenOnKafka(run: string): Promise<ReadonlyMap<string, number>> {
  return asKafkaAdmin(async (admin) => {
    const topics = (await admin.listTopics()).filter(isOf(run));
    const counts = await Promise.all(
      topics.map(async (topic): Promise<[string, number]> => {
        const partitions = await admin.fetchTopicOffsets(topic);
        return [topic, partitions.reduce((sum, { high }) => sum + Number(high), 0)];
      }),
    );
    return new Map(counts);
  });
}

/** How many messages a group has acknowledged, of all its topics. */
export function committedOnKafka(groupId: string): Promise<number> {
  return asKafkaAdmin(async (admin) => {
    const topics = await admin.fetchOffsets({ groupId });
    const offsets = topics.flatMap(({ partitions }) => partitions.map(({ offset }) => Number(offset)));
    return offsets.filter((offset) => offset > 0).reduce((sum, offset) => sum + offset, 0);
  });
}

/** The databases of a run. */
export async function databasesOf(run: string): Promise<readonly string[]> {
  const rows = await inDatabase<{ datname: string }>('postgres', 'select datname from pg_database');
  return rows.map(({ datname }) => datname).filter(isOf(run));
}

export async function inDatabase<Row extends object>(name: string, sql: string): Promise<readonly Row[]> {
  const connection = await connectRelay(new URL(`/${name}`, servers().postgres).href);
  try {
    return (await connection.query<Row>(sql)).rows;
  } finally {
    await connection.close();
  }
}
