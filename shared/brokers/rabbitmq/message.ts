import type { ConsumeMessage, MessageProperties, Options } from 'amqplib';
import { type Attributes, specversion } from '../envelope.ts';
import type { Address, Delivery, OutgoingMessage, ReplyTicket } from '../port.ts';

/** CloudEvents AMQP binding 1.0, binary mode: a header `cloudEvents:<attribute>` for each attribute. */
const prefix = 'cloudEvents:';
/** Others may write `cloudEvents_<attribute>`, which the binding allows as well. */
const isPrefixed = (header: string) => /^cloudEvents[:_]/.test(header);

/**
 * What RabbitMQ itself notes on a message. Sent back to it, a note is taken for one of its own, and goes on telling of a
 * queue that the message died in long ago.
 */
const notesOfBroker =
  /^x-(death|(first|last)-death-.+|delivery-count|acquired-count|opt-.+|invalid-headers)$/;

/** The properties are AMQP short strings. */
const propertyBytes = 255;

/** The properties to publish `message` with. */
export function toProperties(message: OutgoingMessage): Options.Publish {
  const { attributes, headers, priority, reply, transient } = message;
  const time = Date.parse(attributes.time ?? '');
  // The two AMQP properties of a question belong to its ticket; any other message shows its correlation there.
  const correlation = reply ?? { correlationId: attributes.correlationid };
  return definedOnly({
    replyTo: asProperty(reply?.replyTo),
    correlationId: asProperty(correlation.correlationId),
    messageId: asProperty(attributes.id),
    type: asProperty(attributes.type),
    timestamp: time >= 0 ? Math.floor(time / 1_000) : undefined, // AMQP knows no time before 1970.
    contentType: 'application/json',
    persistent: !transient,
    // A message that no queue takes is *confirmed*; only its return tells.
    mandatory: true,
    priority,
    headers: { ...withoutNotes(headers), ...prefixed({ ...attributes, specversion }) },
  });
}

/** The id that a message with `properties` was sent with. */
export function idOf({
  headers,
  messageId,
}: Pick<Options.Publish, 'headers' | 'messageId'>): string | undefined {
  return headers?.[`${prefix}id`] ?? messageId;
}

/** The message as it arrived from `queue`. */
export function toDelivery(message: ConsumeMessage, queue: string): Delivery {
  const all = Object.entries(message.properties.headers ?? {});
  const [ours, others] = [
    all
      .filter(([name]) => isPrefixed(name))
      .map(([name, value]) => [name.slice(prefix.length), value] as const)
      .filter(([name]) => name !== 'specversion'),
    all.filter(([name]) => !isPrefixed(name)),
  ];
  const reply = ticketOf(message.properties);
  const { priority } = message.properties;
  return {
    attributes: { ...fromProperties(message.properties, reply), ...texts(ours) },
    headers: texts(others),
    body: message.content,
    origin: { broker: 'rabbitmq', channel: queue, address: firstAddress(message) },
    redelivered: message.fields.redelivered,
    ...(typeof priority === 'number' && { priority }),
    ...(reply && { reply }),
  };
}

function ticketOf({ replyTo, correlationId }: MessageProperties): ReplyTicket | undefined {
  return replyTo && correlationId ? { replyTo, correlationId } : undefined;
}

/** What can be known of a message without our headers, for example one sent by hand from the management page. */
function fromProperties(properties: MessageProperties, reply: ReplyTicket | undefined): Attributes {
  const { messageId, type, timestamp, correlationId } = properties;
  return definedOnly({
    id: messageId,
    type,
    time: toTime(timestamp),
    correlationid: reply ? undefined : correlationId,
  });
}

/** Some producers count in microseconds or less, against the standard: that is beyond every date. */
function toTime(timestamp: unknown): string | undefined {
  const time = new Date(typeof timestamp === 'number' ? timestamp * 1_000 : Number.NaN);
  return Number.isNaN(time.getTime()) ? undefined : time.toISOString();
}

/** The broker notes in `x-death`, newest first, where a message was before it was dead-lettered (or had waited out a delay). */
function firstAddress({ fields, properties }: ConsumeMessage): Address {
  const deaths = properties.headers?.['x-death'];
  const first = Array.isArray(deaths) ? deaths.at(-1) : undefined;
  return {
    channel: first?.exchange ?? fields.exchange,
    key: first?.['routing-keys']?.[0] ?? fields.routingKey,
  };
}

/** `text` if it fits. What does not is left out, since cut off it would be another: the header has all of it. */
function asProperty(text: string | undefined): string | undefined {
  return text !== undefined && Buffer.byteLength(text) <= propertyBytes ? text : undefined;
}

function withoutNotes(headers: Attributes = {}): Attributes {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !notesOfBroker.test(name)));
}

function prefixed(attributes: Attributes): Attributes {
  return Object.fromEntries(Object.entries(attributes).map(([name, value]) => [prefix + name, value]));
}

/** AMQP headers are typed, the broker's own are even tables: those become JSON. */
function texts(entries: readonly (readonly [string, unknown])[]): Attributes {
  return Object.fromEntries(
    entries.map(([name, value]) => [name, typeof value === 'string' ? value : JSON.stringify(value)]),
  );
}

type Defined<T> = { [K in keyof T]?: Exclude<T[K], undefined> };

function definedOnly<T extends object>(object: T): Defined<T> {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined)) as Defined<T>;
}
