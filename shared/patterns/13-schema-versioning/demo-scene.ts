import type { Address, Attributes, Broker, Consumer, Delivery, OnDelivery } from '@conveyor/brokers';
import { atLeastOnce } from '@conveyor/patterns/at-least-once/at-least-once';
import { messageIdOf } from '@conveyor/patterns/dead-letter-queue/attempt';
import { eachTryOnce } from '@conveyor/patterns/dead-letter-queue/each-try-once';
import { failedMessages } from '@conveyor/patterns/dead-letter-queue/failed-messages';
import { Fault, PermanentFault } from '@conveyor/patterns/dead-letter-queue/failure';
import {
  deadLetterTopic,
  deadLetterTopicName,
  kafkaPlaces,
  retryTopicName,
  retryTopics,
} from '@conveyor/patterns/dead-letter-queue/kafka';
import {
  deadLetterExchange,
  deadLetterQueueName,
  rabbitPlaces,
  withDeadLetters,
} from '@conveyor/patterns/dead-letter-queue/rabbitmq';
import { deadLetterSink } from '@conveyor/patterns/dead-letter-queue/sink';
import { heldUntil } from '@conveyor/patterns/delayed-queue/kafka';
import type { Stage, StageDatabase } from '@conveyor/patterns/demo';
import { handleOnce } from '@conveyor/patterns/idempotent-consumer/idempotent-consumer';
import { workTopic } from '@conveyor/patterns/point-to-point/kafka';
import { workQueue } from '@conveyor/patterns/point-to-point/rabbitmq';
import { schemaName } from './demo-orders.ts';
import { readVersion, statedVersion, type Version } from './versions.ts';

const schemas = ['dead-letter-queue', 'idempotent-consumer', 'transactional-outbox'].map(
  (chapter) => new URL(import.meta.resolve(`@conveyor/patterns/${chapter}/schema.sql`)),
);

/** A consumer of one release: it knows so many versions, and does something with a body in the newest of them. */
export interface Reader {
  readonly name: string;
  readonly versions: readonly Version<string>[];
  /** What it makes of it, in words. */
  readonly make: (data: never) => string;
}

/** What has happened to the messages of one reader, counted as it happens. */
export interface Tally {
  handled: number;
  older: number;
  newer: number;
}

export interface Scene {
  readonly broker: Broker;
  readonly database: StageDatabase;
  /** By what address every reader gets a message, and by what one of them gets it alone. */
  readonly entrance: (key: string) => Address;
  readonly backDoor: (consumer: string, key: string) => Address;
  readonly tallies: Readonly<Record<string, Tally>>;
}

/** Everybody gets everything: on RabbitMQ from a queue of his own, on Kafka as a group of his own. */
export async function prepare(stage: Stage, readers: readonly string[]): Promise<Scene> {
  const consumers = readers.map((name) => stage.name(name));
  const orders = stage.name('orders');
  const queues = consumers.map((consumer) => withDeadLetters(workQueue(consumer)));
  const database = await stage.database(schemas);
  const broker = await stage.open({
    rabbitmq: {
      exchanges: [deadLetterExchange],
      queues: queues.flatMap((each) => each.queues),
      bindings: [
        ...queues.flatMap((each) => each.bindings),
        ...consumers.map((queue) => ({ exchange: 'amq.direct', queue, key: orders })),
      ],
    },
    kafka: {
      topics: [
        workTopic(orders, 1),
        ...consumers.flatMap((consumer) => [...retryTopics(consumer, []), deadLetterTopic(consumer)]),
      ],
    },
  });
  for (const consumer of consumers) await startSink(stage, database, consumer);
  const tallies = Object.fromEntries(readers.map((name) => [name, { handled: 0, older: 0, newer: 0 }]));
  const common = { broker, database, tallies };
  if (stage.broker === 'rabbitmq') {
    const itself = (consumer: string) => ({ channel: '', key: consumer });
    return { ...common, entrance: () => ({ channel: 'amq.direct', key: orders }), backDoor: itself };
  }
  return {
    ...common,
    entrance: (key) => ({ channel: orders, key }),
    backDoor: (consumer, key) => ({ channel: retryTopicName(consumer, 0), key }),
  };
}

async function startSink(stage: Stage, database: StageDatabase, consumer: string): Promise<void> {
  const dead = stage.broker === 'rabbitmq' ? deadLetterQueueName(consumer) : deadLetterTopicName(consumer);
  const onDelivery = deadLetterSink({ database });
  await stage.consume({ name: `${consumer}.sink`, channels: [dead], concurrency: 1, onDelivery });
}

/** Starts a release of a reader. */
export function start(stage: Stage, scene: Scene, reader: Reader): Promise<Consumer> {
  const consumer = stage.name(reader.name);
  const topics = [scene.entrance('').channel, retryTopicName(consumer, 0)];
  return stage.consume({
    name: consumer,
    channels: stage.broker === 'rabbitmq' ? [consumer] : topics,
    concurrency: 1,
    notBefore: heldUntil,
    onDelivery: handlerOf(stage, scene, reader, consumer),
  });
}

/** No try is repeated here, so on Kafka there is no order to be kept while one waits. */
function handlerOf(stage: Stage, scene: Scene, reader: Reader, consumer: string): OnDelivery {
  const { broker, database } = scene;
  const places = stage.broker === 'rabbitmq' ? rabbitPlaces(consumer) : kafkaPlaces(consumer);
  const delayBefore = () => undefined;
  const failed = failedMessages({ consumer, broker, database, places, delayBefore, inOrder: false });
  const attempt = atLeastOnce({
    work: workOf(stage, scene, reader, consumer),
    delayBefore,
    retryLater: failed.retryLater,
    setAside: failed.setAside,
    onEvent(event) {
      if (event.kind !== 'set-aside' || !(event.error instanceof Fault)) return;
      const text = `${reader.name}: ${event.error.message}, a dead letter`;
      stage.show('given-up', nameOf(event.delivery.attributes), text);
    },
  });
  return eachTryOnce(failed, attempt);
}

/** Its inbox row and its effect would be one transaction (chapter 11); the effect is left out here. */
function workOf(stage: Stage, { database, tallies }: Scene, reader: Reader, consumer: string) {
  const once = handleOnce({ consumer, database, handle: async () => [], wakeRelays: () => {} });
  return async (delivery: Delivery): Promise<void> => {
    const { version, data } = understood(reader, delivery);
    if ((await once({ id: messageIdOf(delivery) ?? '' })) === 'duplicate') return;
    const tally = tallies[reader.name];
    if (tally) count(tally, version, reader.versions.length);
    stage.show('handled', nameOf(delivery.attributes), `${reader.name}: ${reader.make(data as never)}`);
  };
}

/** What cannot be understood is set aside: acknowledged, it would be gone before anybody has seen it. */
function understood({ versions }: Reader, { attributes, body }: Delivery) {
  const stated = statedVersion(schemaName, attributes);
  if (!stated) throw new PermanentFault('unknown-version', 'no version is stated');
  const read = readVersion(versions, stated, JSON.parse(body.toString()));
  if ('data' in read) return { version: stated.version, data: read.data };
  if ('problem' in read) throw new PermanentFault('invalid-body', read.problem);
  throw new PermanentFault('unknown-version', `version ${read.unknownVersion} is not known`);
}

export function nameOf({ subject, dataschema = '' }: Attributes): string {
  return `${subject}, version ${dataschema.split(':').at(-1)}`;
}

function count(tally: Tally, version: number, newest: number): void {
  tally.handled += 1;
  if (version < newest) tally.older += 1;
  if (version > newest) tally.newer += 1;
}
