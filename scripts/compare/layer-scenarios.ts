import type { Delivery } from '../../shared/brokers/index.ts';
import { atLeastOnce } from '../../shared/patterns/12-at-least-once/at-least-once.ts';
import {
  versions as orderVersions,
  schemaName,
  version1,
  version2,
} from '../../shared/patterns/13-schema-versioning/demo-orders.ts';
import { readVersion, statedVersion } from '../../shared/patterns/13-schema-versioning/versions.ts';
import {
  newTraceparent,
  nextTraceparent,
  traceIdOf,
} from '../../shared/patterns/14-correlation-tracing/trace-context.ts';
import { createPublishBreaker, guardBroker } from '../../shared/patterns/15-circuit-breaker/guard-broker.ts';
import type { Scenario } from './setting.ts';
import { outgoing, publish, sending, workPlace } from './work-place.ts';

export const atLeastOnceScenario: Scenario = {
  pattern: 'at-least-once',
  what: 'acknowledged after the work, failures sorted out',
  async prepare(stage) {
    const { receivers, send } = await workPlace(stage);
    const none = () => Promise.reject(new Error('nothing fails here'));
    return {
      receivers,
      send,
      handle: (heard) =>
        atLeastOnce({
          work: async (delivery: Delivery, signal) => void (await heard(delivery, signal)),
          delayBefore: () => undefined,
          retryLater: none,
          setAside: none,
        }),
    };
  },
};

export const versions: Scenario = {
  pattern: 'schema-versioning',
  what: 'written in two versions by turns, checked and brought up to the newest by its receiver',
  async prepare(stage) {
    const { receivers, address, broker } = await workPlace(stage);
    return {
      receivers,
      send: sending(broker, (message) => {
        const { n, key } = message;
        const { body, attributes } = n % 2 === 0 ? version1(key, n) : version2(key, n, 'EUR');
        const written = outgoing(message, address(key));
        return {
          ...written,
          attributes: { ...written.attributes, ...attributes },
          body: Buffer.from(JSON.stringify({ ...JSON.parse(body), ...message })),
        };
      }),
      handle: (heard) => async (delivery, signal) => {
        const stated = statedVersion(schemaName, delivery.attributes);
        const read = stated && readVersion(orderVersions, stated, JSON.parse(delivery.body.toString()));
        if (!read || !('data' in read)) throw new Error('the message cannot be read');
        await heard(delivery, signal);
      },
    };
  },
};

export const correlation: Scenario = {
  pattern: 'correlation-tracing',
  what: 'each message with a correlation id and the next hop of a trace, read again by its receiver',
  async prepare(stage) {
    const { receivers, address, broker } = await workPlace(stage);
    const traceparent = newTraceparent();
    return {
      receivers,
      send: (messages) =>
        publish(
          broker,
          messages.map((message) => {
            const { attributes, ...rest } = outgoing(message, address(message.key));
            const story = { correlationid: message.key, traceparent: nextTraceparent(traceparent) };
            return { ...rest, attributes: { ...attributes, ...story } };
          }),
        ),
      handle: (heard) => async (delivery, signal) => {
        if (traceIdOf(delivery.attributes['traceparent']) !== traceIdOf(traceparent))
          throw new Error('the trace is broken');
        await heard(delivery, signal);
      },
    };
  },
};

export const breaker: Scenario = {
  pattern: 'circuit-breaker',
  what: 'published through a breaker that stays closed',
  async prepare(stage) {
    const { receivers, address, broker } = await workPlace(stage);
    const guarded = guardBroker(broker, createPublishBreaker('compare'));
    return {
      receivers,
      send: sending(guarded, (message) => outgoing(message, address(message.key))),
    };
  },
};
