import type { Flow, FlowNode } from '@conveyor/contracts/http';

/** How many messages wait at a place, and for what. */
export interface Depths {
  /** For somebody who takes them; undefined where that is not measured. */
  readonly waiting: number | undefined;
  /** For their time. */
  readonly delayed: number;
  /** Given up, and not seen to yet. */
  readonly dead: number;
  /** Whether the latter two are measured here at all. */
  readonly hasLadder: boolean;
}

/** What waits for its time, or was given up: it has no place of its own on the map. */
export function isFolded({ role }: FlowNode): boolean {
  return role === 'delay' || role === 'dead';
}

/**
 * On RabbitMQ each consumer has queues of its own for that, so it is told of his queue. On Kafka one group of each service reads all
 * its retries, and one its dead letters: that is told of the service that takes from them.
 */
export function depthsOf(flow: Flow, node: FlowNode, broker: 'kafka' | 'rabbitmq'): Depths {
  const folded = flow.nodes.filter(
    (other) =>
      isFolded(other) &&
      other.broker === broker &&
      other.waiting !== undefined &&
      (node.kind === 'service'
        ? other.kind === 'group' && other.consumer === undefined && other.service === node.name
        : node.kind !== 'topic' && node.consumer !== undefined && other.consumer === node.consumer),
  );
  const of = (role: FlowNode['role']) =>
    folded.filter((other) => other.role === role).reduce((sum, { waiting = 0 }) => sum + waiting, 0);
  const { waiting } = node;
  if (waiting !== undefined && readsOnlyDelays(flow, node))
    return { waiting: 0, delayed: waiting, dead: 0, hasLadder: true };
  return { waiting, delayed: of('delay'), dead: of('dead'), hasLadder: folded.length > 0 };
}

/** Whether `broker` has told of any place how many wait there. It did not answer if of none. */
export function isMeasured({ nodes }: Flow, broker: 'kafka' | 'rabbitmq'): boolean {
  return nodes.some((node) => node.broker === broker && node.waiting !== undefined);
}

/** A group that reads nothing but what has to wait is not behind with it. */
function readsOnlyDelays({ nodes, links }: Flow, { id, kind }: FlowNode): boolean {
  if (kind !== 'group') return false;
  const read = links.filter(({ to }) => to === id).map(({ from }) => nodes.find((node) => node.id === from));
  return read.length > 0 && read.every((topic) => topic?.role === 'delay');
}
