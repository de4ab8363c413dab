import { type Attributes, newMessageId, type OutgoingMessage } from '@conveyor/brokers';

/** What matters to the test at hand; the rest is made up. */
export interface MessageDraft {
  readonly channel: string;
  /** Routing key or partition key. Default: the subject. */
  readonly key?: string;
  /** Also the ordering key. Default: new for each message. */
  readonly subject?: string;
  readonly body?: string;
  readonly attributes?: Attributes;
  readonly headers?: Attributes;
  readonly priority?: number;
}

/** A message with a complete envelope and an id of its own. */
export function buildMessage(draft: MessageDraft): OutgoingMessage {
  const {
    channel,
    subject = newMessageId(),
    key = subject,
    body = '{}',
    attributes,
    headers,
    priority,
  } = draft;
  const id = newMessageId();
  return {
    address: { channel, key },
    orderingKey: subject,
    attributes: {
      id,
      type: 'test.happened',
      source: '/test',
      subject,
      time: new Date().toISOString(),
      dataschema: 'urn:conveyor:test.happened:1',
      correlationid: id,
      traceparent: `00-${'1'.repeat(32)}-${'2'.repeat(16)}-01`,
      ...attributes,
    },
    ...(headers && { headers }),
    body: Buffer.from(body),
    ...(priority !== undefined && { priority }),
  };
}
