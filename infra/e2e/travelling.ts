import { randomUUID } from 'node:crypto';
import type { Stack } from '@conveyor/local/stack';
import { eventually } from '@conveyor/testing/eventually';
import kafkajs, { type KafkaMessage } from 'kafkajs';
import { askRabbitMq } from './ask-rabbitmq.ts';

const { Kafka, logLevel } = kafkajs;

/** A message as it is on the wire: past our adapters, so with every header by its real name. */
export interface Travelling {
  /** What it was sent to, or lay in. */
  readonly place:
    | { readonly topic: string }
    | { readonly queue: string }
    | { readonly exchange: string; readonly key: string };
  readonly contentType: string | undefined;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: string;
}

/** RabbitMQ as a person meets it at its page. */
export function rabbitByHand({ env }: Stack) {
  const call = <Body>(method: string, path: string, body?: object) =>
    askRabbitMq<Body>(env.RABBITMQ_MANAGEMENT_URL, path, { method, ...(body && { body }) });

  interface Got {
    readonly exchange: string;
    readonly routing_key: string;
    readonly properties: { readonly content_type?: string; readonly headers?: Record<string, unknown> };
    readonly payload: string;
  }

  interface Published {
    readonly exchange_name: string;
    readonly routing_keys: readonly string[];
    readonly properties: Got['properties'];
  }

  const got = (queue: string, ackmode: string) =>
    call<Got[]>('POST', `queues/%2F/${queue}/get`, { count: 50_000, ackmode, encoding: 'auto' });
  const travelling = ({ properties, payload }: Got, place: Travelling['place']): Travelling => ({
    place,
    contentType: properties.content_type,
    headers: properties.headers ?? {},
    body: payload,
  });

  /** What the firehose says of a message: how it was sent is in the headers of the copy. */
  function published({ properties, payload }: Got): Travelling {
    const { exchange_name, routing_keys, properties: sent } = properties.headers as unknown as Published;
    const [key = ''] = routing_keys;
    return travelling(
      { exchange: exchange_name, routing_key: key, properties: sent, payload },
      {
        exchange: exchange_name,
        key,
      },
    );
  }

  return {
    /** The names of those that outlive a restart. */
    durable: async (what: 'queues' | 'exchanges') =>
      (await call<{ name: string; durable: boolean }[]>('GET', `${what}/%2F`))
        .filter(({ durable }) => durable)
        .map(({ name }) => name),

    /** A queue that gets a copy of everything that is sent by these from now on. */
    async tap(addresses: readonly { readonly exchange: string; readonly key: string }[]) {
      const queue = `tap-${randomUUID()}`;
      await call('PUT', `queues/%2F/${queue}`, { durable: true, arguments: { 'x-queue-type': 'classic' } });
      for (const { exchange, key } of addresses) {
        await call('POST', `bindings/%2F/e/${exchange}/q/${queue}`, { routing_key: key });
      }
      return {
        queue,
        take: async () =>
          (await got(queue, 'ack_requeue_false')).map((message) =>
            travelling(message, { exchange: message.exchange, key: message.routing_key }),
          ),
        remove: () => call('DELETE', `queues/%2F/${queue}`),
      };
    },

    /** A queue that gets a copy of every message that anybody publishes from now on, to whatever exchange: the firehose. */
    async firehose() {
      const queue = `firehose-${randomUUID()}`;
      await call('PUT', `queues/%2F/${queue}`, { durable: true, arguments: { 'x-queue-type': 'classic' } });
      await call('POST', `bindings/%2F/e/amq.rabbitmq.trace/q/${queue}`, { routing_key: 'publish.#' });
      await call('PUT', 'vhosts/%2F', { tracing: true });
      return {
        take: async () => (await got(queue, 'ack_requeue_false')).map(published),
        async remove() {
          await call('PUT', 'vhosts/%2F', { tracing: false });
          await call('DELETE', `queues/%2F/${queue}`);
        },
      };
    },

    /** What lies in a queue that nobody consumes. It stays there. */
    look: async (queue: string) =>
      (await got(queue, 'ack_requeue_true')).map((message) => travelling(message, { queue })),
  };
}

function onTheWire(topic: string, { headers: sent = {}, value }: KafkaMessage): Travelling {
  const headers = Object.fromEntries(Object.entries(sent).map(([name, held]) => [name, String(held)]));
  return { place: { topic }, contentType: headers['content-type'], headers, body: String(value) };
}

/** Kafka past our adapter. */
export async function kafkaByHand({ env }: Stack) {
  const kafka = new Kafka({ brokers: env.KAFKA_BROKERS.split(','), logLevel: logLevel.NOTHING });
  const admin = kafka.admin();
  await admin.connect();

  /** How many messages are in these topics. */
  async function sizeOf(topics: readonly string[]): Promise<number> {
    const offsets = await Promise.all(topics.map((topic) => admin.fetchTopicOffsets(topic)));
    return offsets.flat().reduce((sum, { high, low }) => sum + Number(high) - Number(low), 0);
  }

  return {
    topics: async () => (await admin.listTopics()).filter((name) => !name.startsWith('__')),

    /** Everything that is in these topics now, from their beginning. */
    async read(topics: readonly string[]): Promise<readonly Travelling[]> {
      const groupId = `test-${randomUUID()}`;
      const consumer = kafka.consumer({ groupId });
      const messages: Travelling[] = [];
      const size = await sizeOf(topics);
      await consumer.connect();
      await consumer.subscribe({ topics: [...topics], fromBeginning: true });
      await consumer.run({
        autoCommit: false,
        eachBatch: async ({ batch: { topic, messages: some } }) => {
          messages.push(...some.map((message) => onTheWire(topic, message)));
        },
      });
      try {
        await eventually(
          () => {
            if (messages.length < size) throw new Error(`${messages.length} of ${size} read`);
          },
          { timeoutMs: 60_000 },
        );
      } finally {
        await consumer.disconnect();
        await admin.deleteGroups([groupId]);
      }
      return messages;
    },

    close: () => admin.disconnect(),
  };
}
