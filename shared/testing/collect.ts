import type { Broker, Consumer, Delivery } from '@conveyor/brokers';
import { uniqueName } from './unique-name.ts';

/** Takes everything that arrives at a queue or topic, acknowledges it and keeps it, in order of arrival. */
export function collect(
  broker: Broker,
  channel: string,
): { readonly deliveries: readonly Delivery[]; readonly consumer: Consumer } {
  const deliveries: Delivery[] = [];
  const consumer = broker.consume({
    name: uniqueName('collector'),
    channels: [channel],
    concurrency: 1,
    onDelivery: async (delivery) => {
      deliveries.push(delivery);
    },
  });
  return { deliveries, consumer };
}
