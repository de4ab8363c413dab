import { isUtf8 } from 'node:buffer';
import type { Origin } from '@conveyor/brokers';
import { isUuid } from '@conveyor/contracts';
import type { DeadLetterView } from '@conveyor/contracts/http';
import { messageIdOf } from '@conveyor/patterns/dead-letter-queue/attempt';
import type { DeadLetter } from '@conveyor/patterns/dead-letter-queue/dead-letter';
import type { KeptLetter } from '@conveyor/patterns/dead-letter-queue/dead-letters';

/** The id of a letter outside its service. */
export function publicIdOf(service: string, { id }: DeadLetter): string {
  return `${service}.${id}`;
}

/** A letter as it is shown. */
export function letterView(service: string, letter: KeptLetter): DeadLetterView {
  const { consumer, queue, broker, reason, attempts, history, attributes, headers, status } = letter;
  const messageId = messageIdOf(letter);
  const { type, subject } = attributes;
  const { payload, encoding } = bodyView(letter.body);
  return {
    id: publicIdOf(service, letter),
    service,
    consumer,
    queue,
    broker,
    ...(messageId !== undefined && { messageId }),
    ...(type !== undefined && { type }),
    ...(subject !== undefined && { subject }),
    ...(subject !== undefined && isUuid(subject) && { orderId: subject }),
    reason,
    cause: causeView(letter),
    attempts,
    history: [...history],
    origin: originView(letter.origin),
    attributes,
    headers,
    payload,
    ...(encoding && { encoding }),
    diedAt: letter.diedAt.toISOString(),
    status,
  };
}

/** So that a page of large letters can still be read, to find the one to look at. */
const longestInList = 16_384;

/** A letter among others. */
export function listedView(service: string, letter: KeptLetter): DeadLetterView {
  const { payload, encoding, ...view } = letterView(service, letter);
  const { length } = letter.body;
  if (length > longestInList) return { ...view, payloadBytes: length };
  return { ...view, payload, ...(encoding && { encoding }) };
}

function causeView({ reason, error, stackHash }: DeadLetter): DeadLetterView['cause'] {
  const code = /^(?<code>[\w.-]+): /.exec(error ?? '')?.groups?.['code'];
  return {
    reason,
    ...(error !== undefined && { error }),
    ...(code !== undefined && { code }),
    ...(stackHash !== undefined && { stackHash }),
  };
}

/** In the words of both brokers at once, and in those of its own. */
function originView({ broker, channel, address, position }: Origin): DeadLetterView['origin'] {
  const place = { broker, channel, address, ...(position !== undefined && { position }) };
  if (broker === 'rabbitmq') return { ...place, exchange: address.channel, routingKey: address.key };
  const [, partition, offset] = /^(\d+):(\d+)$/.exec(position ?? '') ?? [];
  return {
    ...place,
    topic: channel,
    key: address.key,
    ...(partition !== undefined && offset !== undefined && { partition: Number(partition), offset }),
  };
}

interface BodyView {
  readonly payload: unknown;
  readonly encoding?: 'base64';
  /** What was parsed. */
  readonly payloadText?: string;
}

export function bodyView(body: Buffer): BodyView {
  if (!isUtf8(body)) return { payload: body.toString('base64'), encoding: 'base64' };
  const text = body.toString();
  try {
    const payload: unknown = JSON.parse(text);
    // Nested too deeply it can be read and not written, and with it no answer that it is a part of.
    JSON.stringify(payload);
    return { payload, payloadText: text };
  } catch {
    return { payload: text };
  }
}
