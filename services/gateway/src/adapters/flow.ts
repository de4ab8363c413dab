import { type FlowLink, type FlowNode, getFlow } from '@conveyor/contracts/http';
import { type Http, operation } from '@conveyor/service-kit/http';

/** Id of a node → what was found out; undefined while its source does not answer. */
export type Measured<Value> = () => Promise<ReadonlyMap<string, Value> | undefined>;

export interface FlowDeps {
  readonly graph: { readonly nodes: readonly FlowNode[]; readonly links: readonly FlowLink[] };
  /** How many wait where, of one source each: a broker that is away takes nothing from what the other one says. */
  readonly waiting: readonly Measured<number>[];
  /** Consumer → whether it is paused, of one service each. */
  readonly paused: readonly Measured<boolean>[];
}

/** The system as a graph, with what is going on in it now. */
export function addFlowRoute(http: Http, { graph, waiting, paused }: FlowDeps): void {
  http.route({
    ...operation(getFlow),
    async handler() {
      const [depths, states] = await Promise.all([allOf(waiting), allOf(paused)]);
      const nodes = graph.nodes.map((node) => filledIn(node, depths, states));
      return { at: new Date().toISOString(), nodes, links: [...graph.links] };
    },
  });
}

async function allOf<Value>(sources: readonly Measured<Value>[]): Promise<ReadonlyMap<string, Value>> {
  const answers = await Promise.all(sources.map((ask) => ask()));
  return new Map(answers.flatMap((answer) => [...(answer ?? [])]));
}

/** A consumer is paused where its work waits: what was given up is taken from it all the same. */
function filledIn(
  node: FlowNode,
  depths: ReadonlyMap<string, number>,
  states: ReadonlyMap<string, boolean>,
): FlowNode {
  const waiting = depths.get(node.id);
  const isPlaceOfWork = node.role === 'work' && (node.kind === 'queue' || node.kind === 'group');
  const paused = isPlaceOfWork && node.consumer !== undefined ? states.get(node.consumer) : undefined;
  return { ...node, ...(waiting !== undefined && { waiting }), ...(paused !== undefined && { paused }) };
}
