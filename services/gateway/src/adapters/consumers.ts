import { changeConsumer, listConsumers } from '@conveyor/contracts/http';
import { type Http, operation } from '@conveyor/service-kit/http';
import type { ConsumerDesk } from '@conveyor/service-kit/messaging/consumer-desk';
import { notFound } from '@conveyor/service-kit/problems';
import type { onRequestAsyncHookHandler } from 'fastify';

export interface ConsumersDeps {
  /** The desk of each service that has a consumer, by the service's name. */
  readonly desks: ReadonlyMap<string, ConsumerDesk>;
  readonly requireAdmin: onRequestAsyncHookHandler;
}

/** The consumers of all services, looked at and paused under one address. */
export function addConsumerRoutes(http: Http, { desks, requireAdmin }: ConsumersDeps): void {
  http.route({
    ...operation(listConsumers),
    async handler() {
      const lists = await Promise.all(
        [...desks].map(async ([service, desk]) =>
          (await desk.list()).map(({ consumer, paused }) => ({ consumer, service, paused })),
        ),
      );
      return { consumers: lists.flat() };
    },
  });

  http.route({
    ...operation(changeConsumer),
    onRequest: requireAdmin,
    async handler({ params: { consumer }, body: { paused } }) {
      const desk = desks.get(consumer.slice(0, Math.max(0, consumer.indexOf('.'))));
      const changed = await desk?.change(consumer, paused);
      if (!changed) throw notFound('there is no consumer of this name', '/consumer');
      return changed;
    },
  });
}
