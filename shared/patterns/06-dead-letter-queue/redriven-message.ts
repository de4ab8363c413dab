import type { Address, BrokerName } from '@conveyor/brokers';
import { dueAfter } from '@conveyor/patterns/delayed-queue/delayed-queue';
import type { OutboxRow } from '@conveyor/patterns/transactional-outbox/outbox';
import { messageIdOf } from './attempt.ts';
import type { DeadLetter } from './dead-letter.ts';

/** By what address a message reaches this consumer, and nobody else. `key`: that of the message. */
export type AddressOf = (broker: BrokerName, consumer: string, key: string) => Address;

/** Why something cannot be done as it was asked for. `path`: a JSON pointer into the request. */
export interface Refusal {
  readonly path: string;
  readonly detail: string;
}

/** The message of a dead letter as it is sent once more: the same, without the account of how it died. */
export function redrivenMessage(
  { broker, consumer, attributes, headers, body, priority, origin }: DeadLetter,
  addressOf: AddressOf,
  now: Date,
): OutboxRow {
  const { key } = origin.address;
  return {
    broker,
    message: {
      address: addressOf(broker, consumer, key),
      orderingKey: attributes.subject ?? key,
      attributes,
      // Due now: a consumer may read it from a place where messages wait.
      headers: { ...headers, ...dueAfter(0, now) },
      body,
      ...(priority !== undefined && { priority }),
    },
  };
}

/** Less than an inbox remembers (chapter 11): later nobody would know whether the message was handled after all. */
const sendableForDays = 90;

/** What no outbox can hold was no message of ours: somebody else sent it. */
export function whyNotSendable(letter: DeadLetter, now: Date): Refusal | undefined {
  if (now.getTime() - letter.diedAt.getTime() > sendableForDays * 24 * 3_600_000) {
    const detail = `names a message that was given up more than ${sendableForDays} days ago: whether it was handled since, nobody knows any more`;
    return { path: '/id', detail };
  }
  if (messageIdOf(letter) === undefined) {
    return { path: '/id', detail: 'names a message without an id that is a UUID: it can only be discarded' };
  }
  const { attributes, headers, origin } = letter;
  const texts = [...Object.entries(attributes), ...Object.entries(headers), origin.address.key].flat();
  if (!texts.some((text) => text.includes('\0'))) return undefined;
  return { path: '/id', detail: 'names a message with a NUL in its headers: it can only be discarded' };
}
