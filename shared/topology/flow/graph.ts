import type { FlowLink, FlowNode } from '@conveyor/contracts/http';
import type { ServiceName } from '../senders.ts';

/** A part of the system's graph. */
export interface Graph {
  readonly nodes: readonly FlowNode[];
  readonly links: readonly FlowLink[];
}

/** The ids of nodes. A queue, a group and a topic may be called the same. */
export const nodeId = {
  service: (name: ServiceName) => `service.${name}`,
  exchange: (name: string) => `rabbitmq.exchange.${name}`,
  queue: (name: string) => `rabbitmq.queue.${name}`,
  topic: (name: string) => `kafka.topic.${name}`,
  group: (name: string) => `kafka.group.${name}`,
};

/** One link for all that goes the same way, with all their labels. */
export function merged(links: readonly FlowLink[]): readonly FlowLink[] {
  const ways = Map.groupBy(links, ({ from, to }) => `${from} ${to}`);
  return [...ways.values()].flatMap((same) => {
    const [first] = same;
    if (!first) return [];
    const labels = [...new Set(same.flatMap(({ label }) => label ?? []))];
    return [{ from: first.from, to: first.to, ...(labels.length > 0 && { label: labels.join(', ') }) }];
  });
}
