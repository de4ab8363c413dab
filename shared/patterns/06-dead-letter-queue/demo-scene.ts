import type { Address, Broker, Delivery, OnDelivery } from '@conveyor/brokers';
import { type AtLeastOnceEvent, atLeastOnce } from '@conveyor/patterns/at-least-once/at-least-once';
import { heldUntil } from '@conveyor/patterns/delayed-queue/kafka';
import type { Stage, StageDatabase } from '@conveyor/patterns/demo';
import { handleOnce } from '@conveyor/patterns/idempotent-consumer/idempotent-consumer';
import { workTopic } from '@conveyor/patterns/point-to-point/kafka';
import { workQueue } from '@conveyor/patterns/point-to-point/rabbitmq';
import { attemptOf } from './account.ts';
import { messageIdOf } from './attempt.ts';
import { eachTryOnce } from './each-try-once.ts';
import { failedMessages, type Places, type Retry } from './failed-messages.ts';
import { codeOf, PermanentFault, TransientFault } from './failure.ts';
import { deadLetterTopic, deadLetterTopicName, kafkaPlaces, retryTopicName, retryTopics } from './kafka.ts';
import { keepOrder } from './keep-order.ts';
import {
  deadLetterExchange,
  deadLetterQueueName,
  rabbitPlaces,
  retryQueues,
  withDeadLetters,
} from './rabbitmq.ts';
import { delayBefore, type RetryPolicy } from './retry-policy.ts';
import { deadLetterSink } from './sink.ts';

/** The waits before the second and the third try. */
export const waitsMs = [500, 1_000] as const;

const policy: RetryPolicy = { delaysMs: waitsMs, thereafter: 'dead-letter' };

const schemas = ['dead-letter-queue', 'idempotent-consumer', 'transactional-outbox'].map(
  (chapter) => new URL(import.meta.resolve(`@conveyor/patterns/${chapter}/schema.sql`)),
);

/** Where the messages of one consumer lie on one broker. */
interface Layout {
  readonly source: string;
  readonly dead: string;
  /** By what address a message of this key comes in, and by what it comes back to this consumer alone. */
  readonly entrance: (key: string) => Address;
  readonly backDoor: (key: string) => Address;
  readonly places: Places;
}

/** A consumer that is handed messages, with its tables and a sink for its dead letters. */
export interface Scene extends Layout {
  readonly consumer: string;
  readonly broker: Broker;
  readonly database: StageDatabase;
  /** Counted as it happens. */
  readonly tally: { tries: number; waits: number; held: number; readonly handled: string[] };
}

export async function prepare(stage: Stage): Promise<Scene> {
  const [consumer, topic] = [stage.name('mails'), stage.name('orders')];
  const database = await stage.database(schemas);
  const { queues, bindings } = withDeadLetters(workQueue(consumer));
  const topics = [workTopic(topic, 1), ...retryTopics(consumer, waitsMs), deadLetterTopic(consumer)];
  const broker = await stage.open({
    rabbitmq: {
      exchanges: [deadLetterExchange],
      queues: [...queues, ...retryQueues(consumer, waitsMs)],
      bindings,
    },
    kafka: { topics },
  });
  const layout = stage.broker === 'rabbitmq' ? queuesOf(consumer) : topicsOf(consumer, topic);
  const tally = { tries: 0, waits: 0, held: 0, handled: [] };
  const scene = { ...layout, consumer, broker, database, tally };
  await startConsumers(stage, scene);
  return scene;
}

function queuesOf(consumer: string): Layout {
  const itself = () => ({ channel: '', key: consumer });
  const dead = deadLetterQueueName(consumer);
  return { source: consumer, dead, entrance: itself, backDoor: itself, places: rabbitPlaces(consumer) };
}

function topicsOf(consumer: string, topic: string): Layout {
  return {
    source: topic,
    dead: deadLetterTopicName(consumer),
    entrance: (key) => ({ channel: topic, key }),
    backDoor: (key) => ({ channel: retryTopicName(consumer, 0), key }),
    places: kafkaPlaces(consumer),
  };
}

async function startConsumers(stage: Stage, scene: Scene): Promise<void> {
  const { consumer, source, dead, database } = scene;
  const onDelivery = handlerOf(stage, scene);
  const fresh = { name: consumer, channels: [source], concurrency: 10, onDelivery };
  const sink = {
    name: `${consumer}.sink`,
    channels: [dead],
    concurrency: 1,
    onDelivery: deadLetterSink({ database }),
  };
  const retries = {
    ...fresh,
    name: `${consumer}.retries`,
    channels: [0, ...waitsMs].map((waitMs) => retryTopicName(consumer, waitMs)),
    notBefore: heldUntil,
  };
  // On RabbitMQ a message that has waited comes back to its queue by itself.
  const all = stage.broker === 'rabbitmq' ? [fresh, sink] : [fresh, sink, retries];
  await Promise.all(all.map((options) => stage.consume(options)));
}

/** The layers in which the services wrap their handlers, too; only that which counts crashes is left out. */
function handlerOf(stage: Stage, scene: Scene): OnDelivery {
  const { consumer, broker, database, places, tally } = scene;
  const inOrder = broker.name === 'kafka';
  const waitBefore = (_delivery: Delivery, attempt: number) => delayBefore(policy, attempt);
  const failed = failedMessages({ consumer, broker, database, places, delayBefore: waitBefore, inOrder });
  const attempt = eachTryOnce(
    failed,
    atLeastOnce({
      work: workOf(stage, scene),
      delayBefore: waitBefore,
      retryLater: failed.retryLater,
      setAside: failed.setAside,
      beforeRetry: async (delivery, retry) => tellOfRetry(stage, scene, delivery, retry),
      onEvent: (event) => tellOfDeath(stage, scene, event),
    }),
  );
  const handle = inOrder ? keepOrder({ consumer, database, attempt }) : attempt;
  return async (delivery, signal) => {
    if ((await handle(delivery, signal)) !== 'held') return;
    tally.held += 1;
    stage.show('held', nameOf(delivery.attributes), 'held: an earlier message of its order waits');
  };
}

/** Its inbox row and its effect would be one transaction (chapter 11); the effect is left out here. */
function workOf(stage: Stage, { consumer, database, tally }: Scene) {
  const once = handleOnce({ consumer, database, handle: async () => [], wakeRelays: () => {} });
  return async (delivery: Delivery): Promise<void> => {
    const attempt = attemptOf(delivery);
    tally.tries += 1;
    if (attempt <= failuresIn(delivery)) {
      throw new TransientFault('no-answer', 'the mail server did not answer');
    }
    if ((await once({ id: messageIdOf(delivery) ?? '' })) === 'duplicate') return;
    tally.handled.push(nameOf(delivery.attributes));
    stage.show('handled', nameOf(delivery.attributes), `try ${attempt}: sent to the customer`);
  };
}

/** At how many tries the mail server is not to answer. */
function failuresIn({ body }: Delivery): number {
  try {
    return (JSON.parse(body.toString()) as { readonly fails: number }).fails;
  } catch (cause) {
    throw new PermanentFault('not-json', 'the body is cut off', { cause });
  }
}

function tellOfRetry(
  stage: Stage,
  { consumer, places, tally }: Scene,
  delivery: Delivery,
  retry: Retry,
): void {
  const { error, delayMs } = retry;
  const { channel, key } = places.retry(delivery, delayMs);
  const place = (channel || key).replace(consumer, '…');
  const failed = `try ${attemptOf(delivery)} failed (${codeOf(error)})`;
  tally.waits += 1;
  stage.show('waits', nameOf(delivery.attributes), `${failed}, waits ${delayMs} ms in ${place}`);
}

function tellOfDeath(stage: Stage, { consumer, dead }: Scene, event: AtLeastOnceEvent): void {
  if (event.kind !== 'set-aside') return;
  const { delivery, error, reason, attempts } = event;
  const why = `given up after try ${attempts} (${codeOf(error)}): ${reason}`;
  stage.show('given-up', nameOf(delivery.attributes), `${why}, to ${dead.replace(consumer, '…')}`);
}

export function nameOf({ type, subject }: { readonly type?: string; readonly subject?: string }): string {
  return `${type} of ${subject}`;
}

/** How many letters there have been, and how many of them were sent once more. */
export async function countLetters(
  database: StageDatabase,
): Promise<{ readonly all: number; readonly redriven: number }> {
  const { rows } = await database.query<{ readonly all: number; readonly redriven: number }>(
    `select count(*)::int as all, count(*) filter (where status = 'redriven')::int as redriven from dead_letters`,
  );
  return rows[0] ?? { all: 0, redriven: 0 };
}
