import type { Flow, FlowLink, FlowNode } from '@conveyor/contracts/http';
import { type Depths, depthsOf, isFolded } from './depths.ts';

export interface Shown {
  readonly broker: 'kafka' | 'rabbitmq';
  /** Only what this service sends and takes. */
  readonly service?: string | undefined;
}

/** A node in its place. */
export interface Box {
  readonly key: string;
  readonly node: FlowNode;
  readonly column: number;
  readonly x: number;
  readonly y: number;
  readonly depths: Depths;
}

export interface Wire {
  readonly key: string;
  readonly from: Box;
  readonly to: Box;
  readonly label: string | undefined;
}

export interface FlowPicture {
  readonly boxes: readonly Box[];
  readonly wires: readonly Wire[];
  readonly columns: readonly { readonly title: string; readonly x: number }[];
  readonly width: number;
  readonly height: number;
}

export const boxWidth = [132, 208, 268, 132] as const;
export const boxHeight = 34;
/** Between columns, for the lines: with room for them, and beside the panel. */
const gaps = { wide: 116, narrow: 32 };
const row = 42;
const head = 40;
const foot = 12;

const nothing: Depths = { waiting: undefined, delayed: 0, dead: 0, hasLadder: false };

const titles = {
  kafka: ['Who sends', 'Topics', 'Consumer groups', 'Who takes'],
  rabbitmq: ['Who sends', 'Exchanges', 'Queues', 'Who takes'],
} as const;

/**
 * The graph of one broker in four columns, from left to right as messages go: who sends, where it is sent to, where it waits, who
 * takes it. A service that does both stands on both sides.
 */
export function layOutFlow(flow: Flow, shown: Shown, isNarrow = false): FlowPicture {
  const gap = isNarrow ? gaps.narrow : gaps.wide;
  const columnX = boxWidth.map((_, n) => boxWidth.slice(0, n).reduce((sum, width) => sum + width + gap, 2));
  const byId = new Map(flow.nodes.map((node) => [node.id, node]));
  const ofBroker = flow.nodes.filter((node) => node.broker === shown.broker && !isFolded(node));
  const places = chosen(ofBroker, flow.links, byId, shown.service);
  const ids = new Set(places.map(({ id }) => id));

  const sends = flow.links.filter(
    ({ from, to }) =>
      ids.has(to) && byId.get(from)?.kind === 'service' && isWanted(byId.get(to), byId.get(from), shown),
  );
  const routes = flow.links.filter(({ from, to }) => ids.has(from) && ids.has(to));
  const takes = flow.links.filter(({ from, to }) => ids.has(from) && byId.get(to)?.kind === 'service');

  const services = (links: readonly FlowLink[], end: 'from' | 'to') =>
    [...new Set(links.map((link) => link[end]))].flatMap((id) => byId.get(id) ?? []);
  // From right to left: who takes is in a fixed order, and whatever leads there stands at the height of its mean.
  const takers = services(takes, 'to').sort((a, b) => rankOf(a) - rankOf(b));
  const ends = places
    .filter(isEnd)
    .sort((a, b) => ranked(a, takers) - ranked(b, takers) || a.name.localeCompare(b.name));
  const isJoined = ({ id }: FlowNode) =>
    [...sends, ...routes].some(({ from, to }) => from === id || to === id);
  const middles = byMean(
    places.filter((place) => !isEnd(place) && isJoined(place)),
    routes,
    ends,
  );
  const senders = byMean(services(sends, 'from'), sends, [...middles, ...ends]);

  const columns = [senders, middles, ends, takers];
  const rows = Math.max(1, ...columns.map(({ length }) => length));
  const height = head + rows * row + foot;
  const boxes = columns.flatMap((nodes, column) => {
    // Fewer than in the longest column are spread over its height.
    const pitch = (rows * row) / Math.max(1, nodes.length);
    return nodes.map((node, n): Box => {
      return {
        key: `${column} ${node.id}`,
        node,
        column,
        x: columnX[column] ?? 0,
        y: head + pitch * (n + 0.5) - boxHeight / 2,
        // A service that sends as well is told of once.
        depths: column < 2 ? nothing : depthsOf(flow, node, shown.broker),
      };
    });
  });
  const boxOf = (id: string, column: number) =>
    boxes.find((box) => box.node.id === id && box.column === column);
  const columnOf = (id: string) => (middles.some((node) => node.id === id) ? 1 : 2);
  const wire = (
    { from, to, label }: FlowLink,
    start: Box | undefined,
    end: Box | undefined,
  ): readonly Wire[] =>
    start && end ? [{ key: `${from} ${to} ${start.column}`, from: start, to: end, label }] : [];
  return {
    boxes,
    wires: [
      ...sends.flatMap((link) => wire(link, boxOf(link.from, 0), boxOf(link.to, columnOf(link.to)))),
      ...routes.flatMap((link) => wire(link, boxOf(link.from, 1), boxOf(link.to, 2))),
      ...takes.flatMap((link) => wire(link, boxOf(link.from, columnOf(link.from)), boxOf(link.to, 3))),
    ],
    columns: titles[shown.broker].map((title, n) => ({ title, x: columnX[n] ?? 0 })),
    width: (columnX[3] ?? 0) + boxWidth[3] + 2,
    height,
  };
}

/** Where messages wait for somebody. */
function isEnd({ kind }: FlowNode): boolean {
  return kind === 'queue' || kind === 'group';
}

/** All places; or those from which `service` takes, what leads to these, and what it sends to itself. */
function chosen(
  places: readonly FlowNode[],
  links: readonly FlowLink[],
  byId: ReadonlyMap<string, FlowNode>,
  service: string | undefined,
): readonly FlowNode[] {
  if (service === undefined) return places;
  const ends = new Set(places.filter((node) => isEnd(node) && node.service === service).map(({ id }) => id));
  return places.filter(
    ({ id }) =>
      ends.has(id) ||
      links.some((link) => link.from === id && ends.has(link.to)) ||
      links.some((link) => link.to === id && byId.get(link.from)?.name === service),
  );
}

/** With one service chosen, others that send to it are of interest, but not to whom else they send. */
function isWanted(to: FlowNode | undefined, from: FlowNode | undefined, { service }: Shown): boolean {
  return (
    service === undefined ||
    from?.name === service ||
    (to !== undefined && !isEnd(to)) ||
    to?.service === service
  );
}

const order = ['order', 'order-saga', 'inventory', 'payment', 'notification', 'order-query', 'gateway'];

function rankOf({ name }: FlowNode): number {
  const place = order.indexOf(name);
  return place === -1 ? order.length : place;
}

function ranked({ service = '' }: FlowNode, takers: readonly FlowNode[]): number {
  const place = takers.findIndex(({ name }) => name === service);
  return place === -1 ? takers.length : place;
}

/** In the order of the mean place of those they lead to, so that lines cross seldom. */
function byMean(
  nodes: readonly FlowNode[],
  links: readonly FlowLink[],
  targets: readonly FlowNode[],
): readonly FlowNode[] {
  const placeOf = new Map(targets.map(({ id }, n) => [id, n]));
  const meanOf = ({ id }: FlowNode) => {
    const places = links.flatMap(({ from, to }) => (from === id ? (placeOf.get(to) ?? []) : []));
    return places.length === 0
      ? targets.length
      : places.reduce((sum, place) => sum + place, 0) / places.length;
  };
  const means = new Map(nodes.map((node) => [node.id, meanOf(node)]));
  return nodes.toSorted(
    (a, b) => (means.get(a.id) ?? 0) - (means.get(b.id) ?? 0) || a.name.localeCompare(b.name),
  );
}
