import { type Delivery, newMessageId, readEnvelope, writeEnvelope } from '@conveyor/brokers';
import { dataschemaOf, type MessageData, type MessageType, readBody } from '@conveyor/contracts/messages';
import { nextTraceparent } from '@conveyor/patterns/correlation-tracing/trace-context';
import type { Content } from '@conveyor/patterns/request-reply/request-reply';
import type { Logger } from '../logger.ts';
import { causeOf } from './outgoing.ts';

export interface AnswerRequestsOptions<Request extends MessageType, Reply extends MessageType> {
  readonly service: string;
  readonly request: Request;
  readonly reply: Reply;
  /** Undefined: no answer, the asker will run into its time limit. */
  readonly answer: (request: MessageData<Request>) => Promise<MessageData<Reply> | undefined>;
  readonly log: Logger;
}

/**
 * For `request-reply`'s `serveRequests`: reads a request by its contract and writes the reply with an
 * envelope of its own, caused by the request. What cannot be read gets no answer.
 */
export function answerRequests<Request extends MessageType, Reply extends MessageType>(
  options: AnswerRequestsOptions<Request, Reply>,
): (delivery: Delivery) => Promise<Content | undefined> {
  const { service, request, reply, answer, log } = options;
  return async ({ attributes, body }) => {
    const envelope = readEnvelope(attributes);
    if ('missing' in envelope) {
      log.warn({ attribute: envelope.missing }, 'a request without a complete envelope');
      return undefined;
    }
    const read = readBody<Request>(request, envelope.dataschema, body);
    if ('code' in read) {
      log.warn(
        { message_id: envelope.id, code: read.code, detail: read.detail },
        'a request that cannot be read',
      );
      return undefined;
    }
    const data = await answer(read.data);
    if (data === undefined) return undefined;
    return {
      attributes: writeEnvelope({
        ...causeOf(envelope),
        id: newMessageId(),
        type: reply,
        source: `/${service}`,
        subject: envelope.subject,
        time: new Date().toISOString(),
        dataschema: dataschemaOf(reply),
        traceparent: nextTraceparent(envelope.traceparent),
      }),
      body: Buffer.from(JSON.stringify(data)),
    };
  };
}
