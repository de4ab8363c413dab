import type { BrokerName, SagaStyle } from '@conveyor/contracts';

/** How an order may be handled: chosen per order, all at the same time in one system. */
export interface Combination {
  readonly saga: SagaStyle;
  readonly broker: BrokerName;
}

const styles: readonly SagaStyle[] = ['choreography', 'orchestration'];
export const brokers = ['rabbitmq', 'kafka'] as const satisfies readonly BrokerName[];

export const combinations: readonly Combination[] = styles.flatMap((saga) =>
  brokers.map((broker) => ({ saga, broker })),
);
