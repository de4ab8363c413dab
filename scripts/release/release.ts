import { derivedMessageId, writeEnvelope } from '../../shared/brokers/envelope.ts';
import { examples } from '../../shared/contracts/messages/examples.ts';
import {
  dataschemaOf,
  type MessageType,
  messages,
  schemaAttributesOf,
  versionOf,
} from '../../shared/contracts/messages/registry.ts';
import type { JsonSchema } from '../../shared/patterns/13-schema-versioning/obstacles.ts';
import { senders } from '../../shared/topology/senders.ts';
import { growth, releasedSchema, revisionsOf } from './released.ts';

/** Whoever writes these again gets the same ids. */
const namespace = '019aa3f2-7c00-7000-8000-00000000c0de';

/**
 * What there is to write down of `type`: name of the file → its text. Nothing, if the version that is written today was
 * released as it is today.
 */
export function releaseOf(type: MessageType): Readonly<Record<string, string>> {
  const schema = schemaOf(type);
  const revisions = revisionsOf(type, versionOf(type));
  const newest = revisions.at(-1);
  if (newest !== undefined && growth(releasedSchema(type, newest), schema).length === 0) return {};
  const name = `${type}/${versionOf(type)}${newest === undefined ? '' : `.${revisions.length}`}`;
  const lines = examples[type].map((_, n) => JSON.stringify(travelling(type, n)));
  return {
    // The schema last: it is what tells that this has been released.
    [`${name}.messages.jsonl`]: `${lines.join('\n')}\n`,
    [`${name}.schema.json`]: `${JSON.stringify(schema, null, 2)}\n`,
  };
}

function schemaOf(type: MessageType): JsonSchema {
  const schema = {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    $id: dataschemaOf(type),
    title: `${type}, version ${versionOf(type)}`,
    ...messages[type].data,
  };
  // Without what is only for programs.
  return JSON.parse(JSON.stringify(schema)) as JsonSchema;
}

/** An example as a consumer gets it. */
function travelling(type: MessageType, n: number): object {
  const body = examples[type][n];
  if (!body) throw new Error(`${type} has no example ${n}`);
  const idOf = (what: string) => derivedMessageId(namespace, `${what} ${dataschemaOf(type)} ${n}`);
  const orderId = 'orderId' in body ? body.orderId : undefined;
  const { saga, broker } = { saga: 'choreography', broker: 'kafka', ...body };
  const attributes = writeEnvelope({
    id: idOf('message'),
    type,
    source: `/${senders[type][0]}`,
    subject: orderId ?? ('sku' in body ? body.sku : 'inventory'),
    time: '2026-11-23T12:00:00.000Z',
    ...schemaAttributesOf({ type, data: body } as Parameters<typeof schemaAttributesOf>[0]),
    correlationid: idOf('correlation'),
    traceparent: `00-${'1'.repeat(32)}-${'2'.repeat(16)}-01`,
    ...(orderId !== undefined && { saga, broker }),
  });
  return { attributes, body };
}
