import type { BrokerName, Envelope } from '@conveyor/brokers';
import {
  examples,
  type MessageType,
  messageTypes,
  versionOf,
  versionsOf,
} from '@conveyor/contracts/messages';
import { senders } from '../senders.ts';

/** CloudEvents 1.0, binary mode: how an attribute is called as a header. */
const prefixes: Readonly<Record<BrokerName, string>> = { rabbitmq: 'cloudEvents:', kafka: 'ce_' };

const text = (description: string, more: object = {}) => ({ type: 'string', ...more, description });

const specversion = text('The version of CloudEvents.', { const: '1.0' });

const required = {
  id: text('The same on every delivery of the message.', { format: 'uuid' }),
  type: text('What kind of message it is.'),
  source: text('The service that wrote it.'),
  subject: text('What it is about: the id of the order, or a sku.'),
  time: text('When it was written.', { format: 'date-time' }),
  dataschema: text('Names type and version of the body.'),
  correlationid: text('The same on everything that one request of a client led to.'),
  traceparent: text('W3C Trace Context.'),
};

const optional = {
  readableby: text('The oldest version whose readers can take this body as one of their own.'),
  causationid: text('The id of the message that led to this one.'),
  saga: text('Which style of saga the order follows.', { enum: ['choreography', 'orchestration'] }),
  broker: text('Which broker the order lives on.', { enum: ['rabbitmq', 'kafka'] }),
};

const attributes = { ...required, ...optional } satisfies Record<keyof Envelope, object>;

function prefixed(broker: BrokerName, values: object): object {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [prefixes[broker] + name, value]));
}

/** The envelope, which is the same on all messages of a broker. */
export function envelopeOf(broker: BrokerName): object {
  return {
    contentType: 'application/json',
    headers: {
      type: 'object',
      required: ['specversion', ...Object.keys(required)].map((name) => prefixes[broker] + name),
      properties: prefixed(broker, { specversion, ...attributes }),
    },
    correlationId: { location: `$message.header#/${prefixes[broker]}correlationid` },
  };
}

/** The name of a version in the document. */
export function versionId(type: MessageType, version: number): string {
  return `${type}.v${version}`;
}

interface DescribedVersion {
  readonly type: MessageType;
  readonly version: number;
  readonly schema: object;
}

/** Every version of every message that may be on a broker. */
const versions: readonly DescribedVersion[] = messageTypes.flatMap((type) =>
  versionsOf(type).map(({ schema }, n) => ({ type, version: n + 1, schema })),
);

/** The bodies, by {@link versionId}. */
export function payloads(): Readonly<Record<string, object>> {
  return Object.fromEntries(
    versions.map(({ type, version, schema }) => {
      const { $schema: _schema, $id: _id, ...payload } = schema as Record<string, unknown>;
      return [versionId(type, version), payload];
    }),
  );
}

/** Every version as it is on one broker, by {@link versionId}. */
export function messagesOn(broker: BrokerName): Readonly<Record<string, object>> {
  return Object.fromEntries(
    versions.map((each) => [versionId(each.type, each.version), message(broker, each)]),
  );
}

function message(broker: BrokerName, { type, version }: DescribedVersion): object {
  const isToday = version === versionOf(type);
  const own = {
    type: { const: type },
    dataschema: { const: `urn:conveyor:${type}:${version}` },
    source: { enum: senders[type].map((service) => `/${service}`) },
  };
  return {
    name: type,
    title: `${type}, version ${version}`,
    ...(!isToday && { summary: 'Not written any more, and still read.' }),
    traits: [{ $ref: `#/components/messageTraits/${broker}` }],
    headers: { type: 'object', properties: prefixed(broker, own) },
    payload: { $ref: `#/components/schemas/${versionId(type, version)}` },
    ...(isToday && { examples: examples[type].map((payload) => ({ payload })) }),
    ...(broker === 'kafka' && { bindings: { kafka: { key: { type: 'string' }, bindingVersion: '0.5.0' } } }),
  };
}
