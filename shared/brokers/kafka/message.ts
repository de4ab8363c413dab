import type { IHeaders, KafkaMessage, Message } from 'kafkajs';
import { specversion } from '../envelope.ts';
import type { Delivery, OutgoingMessage, ReplyTicket } from '../port.ts';

/** CloudEvents Kafka binding 1.0, binary mode: a header `ce_<attribute>` for each attribute. */
const prefix = 'ce_';
const versionHeader = `${prefix}specversion`;
const contentType = 'content-type';
const replyTo = 'reply-to';
const correlationId = 'correlation-id';

/** The record to produce for `message`. Its key chooses the partition, and order is kept within one. An empty body is no value. */
export function toRecord({ address, attributes, headers, body, reply }: OutgoingMessage): Message {
  return {
    key: address.key,
    value: body.length > 0 ? body : null,
    headers: {
      ...headers,
      [versionHeader]: specversion,
      ...Object.fromEntries(Object.entries(attributes).map(([name, value]) => [prefix + name, value])),
      [contentType]: 'application/json',
      ...(reply && { [replyTo]: reply.replyTo, [correlationId]: reply.correlationId }),
    },
  };
}

/**
 * The message as it arrived. A record without a value (a tombstone) has an empty body.
 *
 * In one pass over the headers: whoever reads a log again spends most of his time here.
 */
export function toDelivery(
  topic: string,
  partition: number,
  record: KafkaMessage,
  redelivered = false,
): Delivery {
  const attributes: Record<string, string> = {};
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(record.headers ?? {})) {
    const text = lastOf(value);
    if (text === undefined || name === contentType || name === versionHeader) continue;
    if (name.startsWith(prefix)) attributes[name.slice(prefix.length)] = text;
    else headers[name] = text;
  }
  const reply = takeTicket(headers);
  const storedAt = Number(record.timestamp); // -1: nobody said.
  return {
    attributes,
    headers,
    body: record.value ?? Buffer.alloc(0),
    origin: {
      broker: 'kafka',
      channel: topic,
      address: { channel: topic, key: record.key?.toString() ?? '' },
      position: `${partition}:${record.offset}`,
      ...(storedAt >= 0 && { storedAt }),
    },
    redelivered,
    ...(reply && { reply }),
  };
}

/** Takes the two headers of a ticket out of `headers`, if both are there. */
function takeTicket(headers: Record<string, string>): ReplyTicket | undefined {
  const { [replyTo]: to, [correlationId]: id } = headers;
  if (!to || !id) return undefined;
  delete headers[replyTo];
  delete headers[correlationId];
  return { replyTo: to, correlationId: id };
}

/** Kafka headers are bytes, and a name may repeat: the last one counts. */
function lastOf(value: IHeaders[string]): string | undefined {
  const last = Array.isArray(value) ? value.at(-1) : value;
  return last?.toString();
}
