import type { BrokerName } from '@conveyor/brokers';
import type { AtLeastOnceEvent } from '@conveyor/patterns/at-least-once/at-least-once';
import type { ConsumerName } from '@conveyor/topology';
import type { Metrics } from '../metrics.ts';

/** How a try of a message can end. `repeated`: what it stands on was away, which counts as no try of the message's own. */
type Outcome = 'handled' | 'duplicate' | 'retried' | 'repeated' | 'dead-lettered';

const outcomes: Readonly<Record<AtLeastOnceEvent['kind'], Outcome>> = {
  retried: 'retried',
  repeated: 'repeated',
  'set-aside': 'dead-lettered',
};

export interface MessageMetrics {
  /** Lets all numbers of a consumer begin at 0: of one that begins at 1 Prometheus sees no step. */
  readonly begin: (consumer: ConsumerName, broker: BrokerName) => void;
  readonly count: (consumer: ConsumerName, broker: BrokerName, outcome: Outcome) => void;
  /** Counts what has gone wrong. */
  readonly countEvent: (consumer: ConsumerName, broker: BrokerName, event: AtLeastOnceEvent) => void;
  /** Times `work`, whatever becomes of it. */
  readonly time: <Result>(
    consumer: ConsumerName,
    broker: BrokerName,
    work: () => Promise<Result>,
  ) => Promise<Result>;
}

export function createMessageMetrics(metrics: Metrics): MessageMetrics {
  const increment = metrics.counter({
    name: 'conveyor_messages_total',
    help: 'Tries of messages, by how they ended.',
    labels: ['consumer', 'broker', 'outcome'],
  });
  const observe = metrics.histogram({
    name: 'conveyor_handling_seconds',
    help: 'How long a try of a message took, its transaction included.',
    labels: ['consumer', 'broker'],
    buckets: [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5, 10],
  });
  const count: MessageMetrics['count'] = (consumer, broker, outcome) =>
    increment({ consumer, broker, outcome });
  return {
    begin(consumer, broker) {
      for (const outcome of ['handled', 'duplicate', ...Object.values(outcomes)])
        increment({ consumer, broker, outcome }, 0);
    },
    count,
    countEvent: (consumer, broker, { kind }) => count(consumer, broker, outcomes[kind]),
    async time(consumer, broker, work) {
      const begun = performance.now();
      try {
        return await work();
      } finally {
        observe({ consumer, broker }, (performance.now() - begun) / 1_000);
      }
    },
  };
}
