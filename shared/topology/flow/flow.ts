import type { FlowNode } from '@conveyor/contracts/http';
import { consumerNames } from '../consumers.ts';
import type { Waits } from '../delays.ts';
import { type ServiceName, serviceOf } from '../senders.ts';
import { chapterOfService } from './chapters.ts';
import { type Graph, merged, nodeId } from './graph.ts';
import { kafkaFlow } from './kafka.ts';
import { rabbitFlow } from './rabbitmq.ts';

/**
 * The whole system as a graph, made of the very data that the brokers are set up with: a new queue, topic or consumer is on
 * it by itself.
 */
export function flowOf(waits: Waits): Graph {
  const [rabbit, kafka] = [rabbitFlow(waits), kafkaFlow(waits)];
  const services = [...new Set(consumerNames.map(serviceOf))];
  return {
    nodes: [...services.map(serviceNode), ...rabbit.nodes, ...kafka.nodes],
    links: merged([...rabbit.links, ...kafka.links]),
  };
}

function serviceNode(name: ServiceName): FlowNode {
  return {
    id: nodeId.service(name),
    kind: 'service',
    name,
    service: name,
    chapter: chapterOfService[name],
  };
}
