import { atLeastOnce } from '@conveyor/patterns/at-least-once/at-least-once';
import { failedMessages } from '@conveyor/patterns/dead-letter-queue/failed-messages';
import { PermanentFault } from '@conveyor/patterns/dead-letter-queue/failure';
import {
  deadLetterTopic,
  deadLetterTopicName,
  kafkaPlaces,
} from '@conveyor/patterns/dead-letter-queue/kafka';
import {
  deadLetterExchange,
  deadLetterQueueName,
  rabbitPlaces,
  withDeadLetters,
} from '@conveyor/patterns/dead-letter-queue/rabbitmq';
import { deadLetterSink } from '@conveyor/patterns/dead-letter-queue/sink';
import type { Topologies } from '@conveyor/patterns/demo';
import { workQueue } from '@conveyor/patterns/point-to-point/rabbitmq';
import type { Proof, Trial, Version, Worker } from '@conveyor/patterns/proof';
import { handleKnownOnly } from './broken.ts';
import { type OrderDraft, schemaName, version1, version2, version3, versions } from './demo-orders.ts';
import { readVersion, type StatedVersion, statedVersion } from './versions.ts';

const known = versions.slice(0, 2);
const orders = ['order 1', 'order 2', 'order 3'];
/** Sent last, and nobody can read it: when it is a dead letter, all that were before it are what they are to be. */
const last: OrderDraft = { ...version1('last order', 0), body: '{}' };

const schemas = ['dead-letter-queue', 'transactional-outbox'].map(
  (chapter) => new URL(import.meta.resolve(`@conveyor/patterns/${chapter}/schema.sql`)),
);
const handledTable = 'create table handled (subject text not null)';

/** Handles a body in the version that it states, or rejects. */
type Reading = (
  stated: StatedVersion,
  data: unknown,
  handle: (data: unknown) => Promise<void>,
) => Promise<void>;

const setsAside: Reading = async (stated, data, handle) => {
  const read = readVersion(known, stated, data);
  if ('unknownVersion' in read) throw new PermanentFault('unknown-version', `${read.unknownVersion}`);
  if ('problem' in read) throw new PermanentFault('invalid-body', read.problem);
  await handle(read.data);
};

const acknowledges: Reading = (stated, data, handle) => handleKnownOnly(known, stated, data, handle);

function topologies({ name }: Pick<Worker, 'name'>): Topologies {
  const consumer = name('invoices');
  return {
    rabbitmq: { exchanges: [deadLetterExchange], ...withDeadLetters(workQueue(consumer)) },
    kafka: {
      topics: [{ name: name('orders'), partitions: 1 }, deadLetterTopic(consumer)],
    },
  };
}

const readingBy =
  (reading: Reading): Version =>
  async (worker) => {
    const [database, consumer] = [await worker.database(), worker.name('invoices')];
    const broker = await worker.open(topologies(worker));
    const isRabbit = worker.broker === 'rabbitmq';
    const places = isRabbit ? rabbitPlaces(consumer) : kafkaPlaces(consumer);
    const delayBefore = () => undefined;
    const failed = failedMessages({ consumer, broker, database, places, delayBefore, inOrder: false });
    await worker.consume({
      name: `${consumer}.sink`,
      channels: [isRabbit ? deadLetterQueueName(consumer) : deadLetterTopicName(consumer)],
      concurrency: 1,
      onDelivery: deadLetterSink({ database }),
    });
    await worker.consume({
      name: consumer,
      channels: [isRabbit ? consumer : worker.name('orders')],
      concurrency: 1,
      onDelivery: atLeastOnce({
        async work({ attributes, body }) {
          const stated = statedVersion(schemaName, attributes);
          if (!stated) throw new PermanentFault('unknown-version', 'no version is stated');
          await reading(stated, JSON.parse(body.toString()), async () => {
            await database.query('insert into handled values ($1)', [attributes['subject']]);
          });
        },
        delayBefore,
        retryLater: failed.retryLater,
        setAside: failed.setAside,
      }),
    });
  };

async function run(trial: Trial): Promise<readonly string[]> {
  const database = await trial.database([...schemas, handledTable]);
  await trial.open(topologies(trial));
  const isThere = async (subject: string) =>
    (
      await database.query(
        `select from handled where subject = $1 union all select from dead_letters where subject = $1`,
        [subject],
      )
    ).rows.length > 0;
  const toKafka = { channel: trial.name('orders'), key: 'any' };
  const to = trial.broker === 'kafka' ? toKafka : { channel: '', key: trial.name('invoices') };
  const second = trial.isBroken
    ? version3('order 2', [{ amount: 2_000, currency: 'EUR' }])
    : version1('order 2', 2_000);

  await trial.start();
  const drafts = [version1('order 1', 1_000), second, version2('order 3', 3_000, 'GBP'), last];
  for (const draft of drafts) await trial.send([{ ...draft, to }]);
  await trial.until('the last one is a dead letter', () => isThere(last.subject));
  const vanished: string[] = [];
  for (const order of orders) if (!(await isThere(order))) vanished.push(order);
  return vanished;
}

export const proofs: readonly Proof[] = [
  {
    failure: 'a message of a version comes that its consumer does not know yet',
    invariant: { code: 'none-vanished', says: 'Every message has its effect, or is a dead letter' },
    brokers: ['rabbitmq', 'kafka'],
    right: readingBy(setsAside),
    twins: { 'unknown version acknowledged': { version: readingBy(acknowledges), violates: ['order 2'] } },
    run,
  },
];
