import { v5 as uuidv5, v7 as uuidv7 } from 'uuid';

/** The two brokers. An order is bound to one of them for its whole life. */
export type BrokerName = 'rabbitmq' | 'kafka';

/** Both brokers, for loops and for checks of input. */
export const brokerNames: readonly BrokerName[] = ['rabbitmq', 'kafka'];

/**
 * The context attributes of a message: CloudEvents 1.0, binary mode. They travel as headers, never
 * in the body, so that a message with a broken body can still be identified, traced and set aside.
 */
export interface Envelope {
  /** A UUID. The same id on a repeated delivery: the inbox compares it. */
  readonly id: string;
  /** For example `order.created`. */
  readonly type: string;
  /** The service that wrote the message, for example `/order`. */
  readonly source: string;
  /** What the message is about: the order id. Order is kept among messages of one subject, never wider. */
  readonly subject: string;
  /** RFC 3339, when the message was written (not when it was sent). */
  readonly time: string;
  /** Names type and version of the body, for example `urn:conveyor:order.created:2`. */
  readonly dataschema: string;
  /**
   * The oldest version of the body whose readers can read this one, by leaving out what they do not know: `1` on a version
   * 2 that only has more. Absent: only readers that know the version in `dataschema`. The number of a version
   * alone says nothing of that, so the writer does, for each message.
   */
  readonly readableby?: string;
  /** The same on everything that one request of a client led to. */
  readonly correlationid: string;
  /** The id of the message that led to this one; absent on the first. */
  readonly causationid?: string;
  /** W3C Trace Context. */
  readonly traceparent: string;
  /** Which style of saga the order follows; absent on messages that belong to no order. */
  readonly saga?: string;
  /** Which broker the order lives on; absent on messages that belong to no order. */
  readonly broker?: string;
}

/** The version of CloudEvents, which every message names on its way. Adapters write it and leave it out again: it is always this. */
export const specversion = '1.0';

/** Header names and values as they arrived; nothing is promised about them. */
export type Attributes = Readonly<Record<string, string>>;

const required = [
  'id',
  'type',
  'source',
  'subject',
  'time',
  'dataschema',
  'correlationid',
  'traceparent',
] as const;
const optional = ['readableby', 'causationid', 'saga', 'broker'] as const;

/** The envelope in `attributes`, or the name of the first attribute that is missing. */
export function readEnvelope(attributes: Attributes): Envelope | { readonly missing: string } {
  const envelope: Partial<Record<keyof Envelope, string>> = {};
  for (const name of required) {
    const value = attributes[name];
    if (!value) return { missing: name };
    envelope[name] = value;
  }
  for (const name of optional) {
    const value = attributes[name];
    if (value !== undefined) envelope[name] = value;
  }
  return envelope as Envelope;
}

/** The attributes to send for `envelope`: the reverse of {@link readEnvelope}. */
export function writeEnvelope(envelope: Envelope): Attributes {
  const entries = [...required, ...optional].flatMap((name) => {
    const value = envelope[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  return Object.fromEntries(entries);
}

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** Whether `text` is written as message ids are (RFC 9562), in small or capital letters. */
export function isUuid(text: string): boolean {
  return uuid.test(text);
}

/** A new message id. Version 7 sorts by time, which keeps indexes on it compact (RFC 9562). */
export function newMessageId(): string {
  return uuidv7();
}

/**
 * The id of the message called `name` within `namespace` (a UUID): whoever derives it again gets the
 * same. Version 5 (RFC 9562).
 *
 * @throws TypeError when `namespace` is no UUID.
 */
export function derivedMessageId(namespace: string, name: string): string {
  return uuidv5(name, namespace);
}
