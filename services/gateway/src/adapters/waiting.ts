import type { GroupLags } from '@conveyor/brokers/kafka';
import type { QueueDepths } from '@conveyor/brokers/rabbitmq';
import { type FlowNode, getProjection, type ProjectionStatus } from '@conveyor/contracts/http';
import type { Measured } from './flow.ts';
import { shareAnswer } from './shared-answer.ts';

const freshMs = 1_000;
/** Whoever asks while a broker is away has his answer within two seconds, without that broker's numbers. */
const patienceMs = 1_500;
/** Then a reading is given up, so that there can be another. */
const limitMs = 5_000;

type Named = { readonly name: string };

/** How many messages wait in each of the queues among `nodes`. */
export function depthsOf(depths: QueueDepths, nodes: readonly FlowNode[]): Measured<number> {
  const queues = nodes.filter(({ kind }) => kind === 'queue');
  const names = queues.map(({ name }) => name);
  return measured(async () => byNode(queues, await depths.read(names, AbortSignal.timeout(limitMs))));
}

/** How many messages each of `groups` has still to handle; asked once in `everyMs` at most. */
export function lagsOf(
  lags: GroupLags,
  groups: readonly (Named & { readonly topics: readonly string[] })[],
  nodes: readonly FlowNode[],
  everyMs = freshMs,
): Measured<number> {
  const own = nodesOf(groups, nodes);
  return measured(async () => byNode(own, await lags.read(groups, AbortSignal.timeout(limitMs))), everyMs);
}

/** How many events the read model is behind: only the service at `url` knows which group feeds the one that is searched. */
export function readModelLag(
  url: string,
  groups: readonly Named[],
  nodes: readonly FlowNode[],
): Measured<number> {
  return measured(async () => {
    const response = await fetch(`${url}${getProjection.path}`, { signal: AbortSignal.timeout(limitMs) });
    if (!response.ok) throw new Error(`${response.status}`);
    const { lag } = (await response.json()) as ProjectionStatus;
    return new Map(nodesOf(groups, nodes).map(({ id }) => [id, lag]));
  });
}

/** What `find` finds out, once a second at most for all who ask, or in `everyMs`. */
export function measured<Value>(
  find: () => Promise<ReadonlyMap<string, Value>>,
  everyMs = freshMs,
): Measured<Value> {
  return shareAnswer({ find, freshMs: everyMs, patienceMs });
}

function nodesOf(groups: readonly Named[], nodes: readonly FlowNode[]): readonly FlowNode[] {
  const names = new Set(groups.map(({ name }) => name));
  return nodes.filter(({ kind, name }) => kind === 'group' && names.has(name));
}

function byNode(
  nodes: readonly FlowNode[],
  counts: ReadonlyMap<string, number>,
): ReadonlyMap<string, number> {
  return new Map(
    nodes.flatMap(({ id, name }) => {
      const count = counts.get(name);
      return count === undefined ? [] : [[id, count] as const];
    }),
  );
}
