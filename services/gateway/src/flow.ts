import { openGroupLags } from '@conveyor/brokers/kafka';
import { openQueueDepths } from '@conveyor/brokers/rabbitmq';
import type { MessagingConfig } from '@conveyor/service-kit/config';
import type { ConsumerDesk } from '@conveyor/service-kit/messaging/consumer-desk';
import { kafkaBrokersOf } from '@conveyor/service-kit/messaging/kafka-brokers';
import { waitsOf } from '@conveyor/service-kit/messaging/waits';
import type { ServiceBase } from '@conveyor/service-kit/service';
import { flowOf, kafkaGroups } from '@conveyor/topology';
import { addFlowRoute } from './adapters/flow.ts';
import { depthsOf, lagsOf, measured, readModelLag } from './adapters/waiting.ts';

/** The groups for retries and dead letters read far more topics than those for work, so Kafka is asked about them less often. */
const seldomMs = 5_000;

/** The topology as a graph, and how it is with it now. */
export function addFlow(
  config: MessagingConfig & { readonly ORDER_QUERY_URL: string },
  base: Pick<ServiceBase, 'http' | 'onStop'>,
  desks: ReadonlyMap<string, ConsumerDesk>,
): void {
  const waits = waitsOf(config);
  const graph = flowOf(waits);
  const depths = openQueueDepths({ url: config.RABBITMQ_URL, name: 'gateway measuring' });
  const lags = openGroupLags({ brokers: kafkaBrokersOf(config), clientId: 'gateway-measuring' });
  const groups = kafkaGroups(waits);
  const work = groups.filter(({ role }) => role === 'work');
  const failures = groups.filter(({ role }) => role !== 'work');
  const readModels = work.filter(({ byGenerations }) => byGenerations);
  addFlowRoute(base.http, {
    graph,
    waiting: [
      depthsOf(depths, graph.nodes),
      lagsOf(
        lags,
        work.filter(({ byGenerations }) => !byGenerations),
        graph.nodes,
      ),
      lagsOf(lags, failures, graph.nodes, seldomMs),
      readModelLag(config.ORDER_QUERY_URL, readModels, graph.nodes),
    ],
    paused: [...desks.values()].map((desk) =>
      measured(async () => new Map((await desk.list()).map(({ consumer, paused }) => [consumer, paused]))),
    ),
  });
  base.onStop({ stop: () => depths.close() });
  base.onStop({ stop: () => lags.close() });
}
