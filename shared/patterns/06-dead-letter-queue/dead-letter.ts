import {
  type Attributes,
  type BrokerName,
  brokerNames,
  type Delivery,
  isUuid,
  newMessageId,
  type Origin,
} from '@conveyor/brokers';
import { dueHeader } from '@conveyor/patterns/delayed-queue/delayed-queue';
import { accountHeaders, attemptOf, type FailedTry, historyOf, ownHeaders, parsed } from './account.ts';
import { messageIdOf } from './attempt.ts';
import { deadLetterTopicName } from './kafka.ts';
import { letterIdOf } from './letter-id.ts';
import { deadLetterQueueName } from './rabbitmq.ts';

/** A message that was given up, with the account of what happened to it. */
export interface DeadLetter {
  /** A UUID. It sorts by time. */
  readonly id: string;
  /** Who gave it up: a redrive goes to this consumer only. */
  readonly consumer: string;
  readonly broker: BrokerName;
  /** The queue or topic of dead letters that it came by. */
  readonly queue: string;
  readonly reason: string;
  /** `code: message`. */
  readonly error?: string;
  readonly stackHash?: string;
  readonly attempts: number;
  readonly history: readonly FailedTry[];
  /** Where it was first taken from. */
  readonly origin: Origin;
  /** As they came, and so are body and priority. */
  readonly attributes: Attributes;
  /** Its own, without the account. */
  readonly headers: Attributes;
  readonly body: Buffer;
  readonly priority?: number;
  readonly diedAt: Date;
}

/**
 * Reads what came by a queue or topic of dead letters. It has the account that its consumer wrote on it; one without was
 * set aside by RabbitMQ itself (delivery limit, time to live, full queue), and `x-death` says why.
 *
 * Never throws: nothing is promised about any header, and a letter that cannot be read would come for ever.
 */
export function toDeadLetter(delivery: Delivery, now: Date): DeadLetter {
  const { attributes, headers, body, origin, priority } = delivery;
  const consumer = consumerOf(origin);
  const death = deathIn(consumer, headers);
  const error = headers[accountHeaders.error];
  const stackHash = headers[accountHeaders.stackHash];
  return {
    id: idOf(delivery, death),
    consumer,
    broker: origin.broker,
    queue: origin.channel,
    reason: headers[accountHeaders.reason] ?? (death ? `broker-${death.reason}` : 'unknown'),
    ...(error !== undefined && { error }),
    ...(stackHash !== undefined && { stackHash }),
    attempts: attemptsOf(delivery),
    history: historyOf(delivery).flatMap(asFailedTry),
    origin: asOrigin(parsed(headers[accountHeaders.origin])) ?? {
      ...origin,
      channel: death ? consumer : origin.channel,
    },
    attributes,
    headers: ownHeaders(headers),
    body,
    ...(priority !== undefined && { priority }),
    diedAt: dateOf(headers[accountHeaders.time]) ?? death?.at ?? now,
  };
}

const endings = { rabbitmq: deadLetterQueueName(''), kafka: deadLetterTopicName('') };

/** By the queue and not by a header: a message must not name who is to get it. */
function consumerOf({ broker, channel }: Origin): string {
  const ending = endings[broker];
  return channel.endsWith(ending) ? channel.slice(0, -ending.length) : channel;
}

/** The same whenever it comes: from its consumer's account, its place in the log, or what RabbitMQ says of its death. */
function idOf({ attributes, headers, origin }: Delivery, death: Death | undefined): string {
  const given = headers[accountHeaders.id];
  if (given !== undefined && isUuid(given)) return given;
  if (origin.position !== undefined)
    return letterIdOf(`${origin.channel}:${origin.position}`, origin.storedAt ?? 0);
  const messageId = messageIdOf({ attributes });
  if (messageId === undefined || !death?.at) return newMessageId();
  // After a redrive RabbitMQ counts from one again, and its times have only seconds. So the time at which the message was due
  // tells one life from the next.
  const life = headers[dueHeader] ?? '';
  return letterIdOf(
    `${origin.channel}:${messageId}:${death.reason}:${death.count}:${life}`,
    death.at.getTime(),
  );
}

function attemptsOf(delivery: Delivery): number {
  const text = delivery.headers[accountHeaders.attempts] ?? '';
  return /^[1-9]\d{0,8}$/.test(text) ? Number(text) : attemptOf(delivery);
}

function asFailedTry(entry: unknown): readonly FailedTry[] {
  const { at, error } = fieldsOf(entry);
  return typeof at === 'string' && typeof error === 'string' ? [{ at, error }] : [];
}

function asOrigin(first: unknown): Origin | undefined {
  const { broker: name, channel, address, position } = fieldsOf(first);
  const { channel: sentTo, key } = fieldsOf(address);
  const broker = brokerNames.find((known) => known === name);
  if (!broker || typeof channel !== 'string' || typeof sentTo !== 'string' || typeof key !== 'string') return;
  const place = { broker, channel, address: { channel: sentTo, key } };
  return typeof position === 'string' ? { ...place, position } : place;
}

interface Death {
  readonly reason: string;
  readonly count: number;
  readonly at?: Date;
}

/** What RabbitMQ says of the last time that a message left `queue` without being handled. */
function deathIn(queue: string, headers: Attributes): Death | undefined {
  const deaths = parsed(headers['x-death']);
  if (!Array.isArray(deaths)) return undefined;
  // Newest first; a message that has waited out a delay died in that queue as well.
  const death = fieldsOf(deaths.find((each) => fieldsOf(each)['queue'] === queue));
  if (typeof death['reason'] !== 'string') return undefined;
  const at = dateOf(Number(fieldsOf(death['time'])['value']) * 1_000);
  return { reason: death['reason'], count: Number(death['count'] ?? 1), ...(at && { at }) };
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

/** Undefined for what is no date, or lies before 1970: JavaScript knows dates that PostgreSQL's `timestamptz` cannot hold. */
function dateOf(time: string | number = Number.NaN): Date | undefined {
  const date = new Date(time);
  return date.getTime() >= 0 ? date : undefined;
}
