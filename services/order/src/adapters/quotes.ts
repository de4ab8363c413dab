import { type Broker, type BrokerName, newMessageId, writeEnvelope } from '@conveyor/brokers';
import { dataschemaOf, readBody } from '@conveyor/contracts/messages';
import { createRequester } from '@conveyor/patterns/request-reply/request-reply';
import type { Logger } from '@conveyor/service-kit/logger';
import { followingStory } from '@conveyor/service-kit/telemetry/at-hand';
import type { Quotes, RequestCause } from '../handlers/ports.ts';

/** Where questions go and where answers come, per broker. */
export type QuoteChannels = Readonly<
  Record<BrokerName, { readonly requests: string; readonly replies: string }>
>;

/** Asks inventory over either broker. Whatever keeps the answer away, there is none after `timeoutMs` in total. */
export function createQuotes(
  brokers: Readonly<Record<BrokerName, Broker>>,
  channels: QuoteChannels,
  timeoutMs: number,
  log: Logger,
): Quotes & { stop(): Promise<void> } {
  const requesters = {
    rabbitmq: createRequester({
      broker: brokers.rabbitmq,
      requestAddress: () => ({ channel: '', key: channels.rabbitmq.requests }),
      replyChannel: channels.rabbitmq.replies,
      timeoutMs,
    }),
    kafka: createRequester({
      broker: brokers.kafka,
      requestAddress: (correlationId) => ({ channel: channels.kafka.requests, key: correlationId }),
      replyChannel: channels.kafka.replies,
      timeoutMs,
    }),
  };
  return {
    async ask(broker, cause, skus) {
      try {
        const request = {
          attributes: quoteAttributes(cause, skus),
          body: Buffer.from(JSON.stringify({ skus })),
        };
        const reply = await requesters[broker].ask(request);
        const { dataschema = '', readableby } = reply.attributes;
        const read = readBody('inventory.quoted', dataschema, reply.body, readableby);
        if ('code' in read) throw new Error(`inventory's quote cannot be read: ${read.detail}`);
        return read.data;
      } catch (error) {
        log.warn({ err: error, broker, correlation_id: cause.correlationid }, 'no quote');
        return undefined;
      }
    },
    stop: async () => {
      await Promise.all(Object.values(requesters).map((requester) => requester.stop()));
    },
  };
}

function quoteAttributes(cause: RequestCause, skus: readonly string[]) {
  return writeEnvelope({
    ...followingStory(cause),
    id: newMessageId(),
    type: 'inventory.quote',
    source: '/order',
    subject: skus[0] ?? '',
    time: new Date().toISOString(),
    dataschema: dataschemaOf('inventory.quote'),
  });
}
