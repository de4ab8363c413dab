import type { Broker, Consumer, Delivery } from '@conveyor/brokers';
import type { DeadLetter } from '@conveyor/patterns/dead-letter-queue/dead-letter';
import { deadLetterTopicName } from '@conveyor/patterns/dead-letter-queue/kafka';
import { deadLetterQueueName } from '@conveyor/patterns/dead-letter-queue/rabbitmq';
import { deadLetterSink } from '@conveyor/patterns/dead-letter-queue/sink';
import type { Database, Tx } from '@conveyor/patterns/transactional-outbox/tx';
import { deadLetterGroupOf } from '@conveyor/topology';
import { appendToJournal, journalRows } from '../journal/journal-rows.ts';
import type { Logger } from '../logger.ts';

const concurrency = 5;

export interface DeadLetterSinksOptions {
  readonly service: string;
  /** The names of the service's consumers. */
  readonly consumers: readonly string[];
  readonly brokers: readonly Broker[];
  readonly database: Database;
  readonly log: Logger;
}

/**
 * Moves the dead letters of a service's consumers into its own table, from both brokers: on RabbitMQ one consumer per
 * queue, on Kafka one group over all topics.
 */
export function startDeadLetterSinks(options: DeadLetterSinksOptions): readonly Consumer[] {
  const { service, consumers, brokers, database, log } = options;
  const name = deadLetterGroupOf(service);
  const onDelivery = deadLetterSink({
    database,
    onKept: (tx, letter) => recordIfUnnoticed(tx, service, letter, log),
    onFailure: ({ origin, attributes }: Delivery, err) =>
      log.warn(
        { err, channel: origin.channel, message_id: attributes['id'] },
        'a dead letter is not kept yet',
      ),
  });
  return brokers.flatMap((broker) =>
    channelsOn(broker, consumers).map((channels) =>
      broker.consume({ name, channels, concurrency, onDelivery }),
    ),
  );
}

function channelsOn({ name }: Broker, consumers: readonly string[]): readonly (readonly string[])[] {
  if (consumers.length === 0) return [];
  return name === 'rabbitmq'
    ? consumers.map((consumer) => [deadLetterQueueName(consumer)])
    : [consumers.map(deadLetterTopicName)];
}

/** What RabbitMQ set aside by itself no consumer has told of: without this its order would seem to be under way for ever. */
async function recordIfUnnoticed(tx: Tx, service: string, letter: DeadLetter, log: Logger): Promise<void> {
  const { attributes, consumer, broker, reason, attempts } = letter;
  if (!reason.startsWith('broker-')) return;
  log.error({ consumer, broker, reason, message_id: attributes['id'] }, 'set aside by the broker');
  const note = {
    kind: 'dead-lettered',
    at: new Date(),
    service,
    consumer,
    broker,
    attempt: attempts,
  } as const;
  await appendToJournal(tx, journalRows(attributes, { ...note, detail: reason }));
}
