import { type Delivery, newMessageId, readEnvelope, writeEnvelope } from '@conveyor/brokers';
import { dataschemaOf, type MessageData, type MessageType, readBody } from '@conveyor/contracts/messages';
import { PermanentFault } from '@conveyor/patterns/dead-letter-queue/failure';
import type { Content } from '@conveyor/patterns/request-reply/request-reply';
import { followingStory } from '../telemetry/at-hand.ts';
import { inHandlingSpan } from '../telemetry/message-spans.ts';
import { causeOf } from './outgoing.ts';

export interface AnswerRequestsOptions<Request extends MessageType, Reply extends MessageType> {
  readonly service: string;
  readonly request: Request;
  readonly reply: Reply;
  /** Undefined: no answer, the asker will run into its time limit. */
  readonly answer: (request: MessageData<Request>) => Promise<MessageData<Reply> | undefined>;
}

/**
 * For `request-reply`'s `serveRequests`: reads a request by its contract and writes the reply with an
 * envelope of its own, caused by the request. Rejects with a {@link PermanentFault} when the request
 * cannot be read: it gets no answer.
 */
export function answerRequests<Request extends MessageType, Reply extends MessageType>(
  options: AnswerRequestsOptions<Request, Reply>,
): (delivery: Delivery) => Promise<Content | undefined> {
  const { service, request, reply, answer } = options;
  return (delivery) => inHandlingSpan(request, delivery, () => answerTo(delivery));

  async function answerTo({ attributes, body }: Delivery): Promise<Content | undefined> {
    const envelope = readEnvelope(attributes);
    if ('missing' in envelope) {
      throw new PermanentFault('incomplete-envelope', `the attribute ${envelope.missing} is missing`);
    }
    const read = readBody<Request>(request, envelope.dataschema, body, envelope.readableby);
    if ('code' in read) throw new PermanentFault(read.code, read.detail);
    const data = await answer(read.data);
    if (data === undefined) return undefined;
    return {
      attributes: writeEnvelope({
        ...followingStory(causeOf(envelope)),
        id: newMessageId(),
        type: reply,
        source: `/${service}`,
        subject: envelope.subject,
        time: new Date().toISOString(),
        dataschema: dataschemaOf(reply),
      }),
      body: Buffer.from(JSON.stringify(data)),
    };
  }
}
