import { derivedMessageId, writeEnvelope } from '../../shared/brokers/envelope.ts';
import { examples } from '../../shared/contracts/messages/examples.ts';
import {
  dataschemaOf,
  type MessageType,
  messages,
  schemaAttributesOf,
  versionOf,
} from '../../shared/contracts/messages/registry.ts';
import { senders } from '../../shared/topology/senders.ts';

/** Whoever writes these again gets the same ids. */
const namespace = '019aa3f2-7c00-7000-8000-00000000c0de';

/** What is written down of the version of `type` that is written today: name of the file → its text. */
export function releaseOf(type: MessageType): Readonly<Record<string, string>> {
  const name = `${type}/${versionOf(type)}`;
  const lines = examples[type].map((_, n) => JSON.stringify(travelling(type, n)));
  return {
    [`${name}.schema.json`]: `${JSON.stringify(schemaOf(type), null, 2)}\n`,
    [`${name}.messages.jsonl`]: `${lines.join('\n')}\n`,
  };
}

function schemaOf(type: MessageType): object {
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    $id: dataschemaOf(type),
    title: `${type}, version ${versionOf(type)}`,
    ...messages[type].data,
  };
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
