import type { IHeaders, KafkaMessage, Message } from 'kafkajs';
import type { Attributes } from '../envelope.ts';
import type { Delivery, OutgoingMessage, ReplyTicket } from '../port.ts';

/** CloudEvents Kafka binding 1.0, binary mode: a header `ce_<attribute>` for each attribute. */
const prefix = 'ce_';
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
      ...Object.fromEntries(Object.entries(attributes).map(([name, value]) => [prefix + name, value])),
      [contentType]: 'application/json',
      ...(reply && { [replyTo]: reply.replyTo, [correlationId]: reply.correlationId }),
    },
  };
}

/** The message as it arrived. A record without a value (a tombstone) has an empty body. */
export function toDelivery(
  topic: string,
  partition: number,
  record: KafkaMessage,
  redelivered = false,
): Delivery {
  const all = texts(record.headers ?? {});
  const reply = ticketOf(all);
  const ofOurs = [contentType, ...(reply ? [replyTo, correlationId] : [])];
  const entries = Object.entries(all);
  const storedAt = Number(record.timestamp); // -1: nobody said.
  return {
    attributes: Object.fromEntries(
      entries
        .filter(([name]) => name.startsWith(prefix))
        .map(([name, value]) => [name.slice(prefix.length), value]),
    ),
    headers: Object.fromEntries(
      entries.filter(([name]) => !name.startsWith(prefix) && !ofOurs.includes(name)),
    ),
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

function ticketOf(headers: Attributes): ReplyTicket | undefined {
  const [to, id] = [headers[replyTo], headers[correlationId]];
  return to && id ? { replyTo: to, correlationId: id } : undefined;
}

/** Kafka headers are bytes, and a name may repeat: the last one counts. */
function texts(headers: IHeaders): Attributes {
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) => {
      const last = Array.isArray(value) ? value.at(-1) : value;
      return last === undefined ? [] : [[name, last.toString()] as const];
    }),
  );
}
