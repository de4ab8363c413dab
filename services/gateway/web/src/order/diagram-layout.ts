import type { Timeline } from '@conveyor/contracts/http';
import { type Happening, isAudit, isUndoing, wordsOf } from './happening.ts';
import { laneOfStep } from './step-lanes.ts';
import { type Tick, timeAxis } from './time-axis.ts';

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** A service, as a line from top to bottom. */
interface Lane {
  readonly service: string;
  readonly x: number;
}

/** A message on its way from where it was published to one who received it. */
export interface Arrow {
  readonly key: string;
  readonly from: Point;
  readonly to: Point;
}

/** A message as it left a service, with all its ways. */
export interface Sending {
  readonly key: string;
  readonly messageId: string | undefined;
  readonly type: string;
  readonly broker: 'kafka' | 'rabbitmq' | undefined;
  readonly from: Point;
  readonly service: string;
  readonly isUndo: boolean;
  /** Of those without an arrow: whether nobody has received it yet, or only the audit trail, which is not shown. */
  readonly isRecordedOnly: boolean;
  readonly arrows: readonly Arrow[];
  /** On which side of its lane its name stands. */
  readonly side: 'left' | 'right';
}

/** Somebody at work on a message: from receiving it to the end of it. */
interface Work {
  readonly key: string;
  readonly x: number;
  readonly top: number;
  readonly bottom: number;
}

type MarkKind = Exclude<Happening['kind'], 'published' | 'received' | 'handled'> | 'attempt';

/** Something that happened at one place. */
interface Mark extends Point {
  readonly key: string;
  readonly kind: MarkKind;
  readonly text: string;
  /** All of it, in words. */
  readonly title: string;
}

/** A step that is still to come. */
interface Coming extends Point {
  readonly step: string;
}

export interface Diagram {
  readonly width: number;
  readonly height: number;
  readonly lanes: readonly Lane[];
  readonly ticks: readonly Tick[];
  readonly sendings: readonly Sending[];
  readonly works: readonly Work[];
  readonly marks: readonly Mark[];
  readonly coming: readonly Coming[];
  /** From where on nothing has happened yet. */
  readonly end: number;
}

const timeColumn = 96;
export const laneWidth = 168;
export const headHeight = 56;
const comingRow = 34;
const foot = 24;
/** What is told of the last lane stands beside it. */
const rightMargin = 40;

const leftToRight = ['gateway', 'order', 'order-saga', 'inventory', 'payment', 'notification', 'order-query'];

/** Where everything of a timeline stands in its picture. */
export function layOut(timeline: Timeline, withAudit: boolean): Diagram {
  const happenings = timeline.entries
    .filter((entry) => withAudit || !isAudit(entry))
    .toSorted((a, b) => Date.parse(a.at) - Date.parse(b.at));
  const steps = timeline.saga.next;
  const lanes = lanesOf(happenings, steps.map(laneOfStep));
  const xOf = new Map(lanes.map(({ service, x }) => [service, x]));
  const axis = timeAxis(
    happenings.map(({ at }) => Date.parse(at)),
    headHeight + 28,
  );
  const placed = happenings.map((happening, n) => ({
    happening,
    n,
    x: xOf.get(happening.service) ?? 0,
    y: axis.ys[n] ?? 0,
  }));
  const end = axis.bottom + comingRow + 14;
  const coming = steps.map((step, n) => ({
    step,
    x: xOf.get(laneOfStep(step)) ?? 0,
    y: end + n * comingRow,
  }));
  return {
    width: timeColumn + lanes.length * laneWidth + rightMargin,
    height: (coming.at(-1)?.y ?? axis.bottom) + comingRow + foot,
    lanes,
    ticks: axis.ticks,
    sendings: sendingsOf(placed, recordedOf(timeline)),
    works: worksOf(placed),
    marks: placed.flatMap(markOf),
    coming,
    end: end - 30,
  };
}

function lanesOf(happenings: readonly Happening[], others: readonly string[]): readonly Lane[] {
  const services = new Set([...happenings.map(({ service }) => service), ...others]);
  const rank = (service: string) => {
    const place = leftToRight.indexOf(service);
    return place === -1 ? leftToRight.length : place;
  };
  return [...services]
    .sort((a, b) => rank(a) - rank(b) || a.localeCompare(b))
    .map((service, n) => ({ service, x: timeColumn + (n + 0.5) * laneWidth }));
}

interface Placed extends Point {
  readonly happening: Happening;
  readonly n: number;
}

/** What happens to one message at one consumer. */
function deliveryOf({ messageId, consumer, service }: Happening): string {
  return `${messageId} ${consumer ?? service}`;
}

/** Ids of the messages that the audit trail has written down. */
function recordedOf({ entries }: Timeline): ReadonlySet<string | undefined> {
  return new Set(entries.filter(isAudit).map(({ messageId }) => messageId));
}

function sendingsOf(
  placed: readonly Placed[],
  recorded: ReadonlySet<string | undefined>,
): readonly Sending[] {
  const published = placed.filter(({ happening: { kind } }) => kind === 'published');
  // Only the first time: what a retry brings back is marked at the lane, it does not come from the sender again.
  const firsts = new Map<string, Placed>();
  for (const each of placed) {
    const { kind } = each.happening;
    if (kind !== 'received' && kind !== 'handled' && kind !== 'duplicate' && kind !== 'projected') continue;
    const delivery = deliveryOf(each.happening);
    if (!firsts.has(delivery)) firsts.set(delivery, each);
  }
  return published.map((sent) => {
    const { messageId, type = 'message', broker, service } = sent.happening;
    const twins = published.filter(({ happening }) => happening.messageId === messageId);
    const arrows = [...firsts]
      .filter(([, { happening }]) => happening.messageId === messageId && sourceOf(happening, twins) === sent)
      .map(([key, { x, y }]) => ({ key, from: at(sent), to: { x, y: Math.max(y, sent.y) } }));
    const toLeft = arrows.filter(({ to }) => to.x < sent.x).length;
    return {
      key: `${messageId ?? sent.n} ${broker} ${sent.n}`,
      messageId,
      type,
      broker,
      from: at(sent),
      service,
      isUndo: isUndoing(type),
      isRecordedOnly: arrows.length === 0 && recorded.has(messageId),
      arrows,
      side: toLeft > arrows.length / 2 ? 'left' : 'right',
    };
  });
}

/** A message may be published on both brokers, with one id: it came by the one it was received from. */
function sourceOf({ broker }: Happening, twins: readonly Placed[]): Placed | undefined {
  return twins.find(({ happening }) => happening.broker === broker) ?? twins[0];
}

function worksOf(placed: readonly Placed[]): readonly Work[] {
  const begun = new Map<string, Placed>();
  return placed.flatMap((each) => {
    const { kind } = each.happening;
    const delivery = deliveryOf(each.happening);
    if (kind === 'received') begun.set(delivery, each);
    const start = begun.get(delivery);
    const isEnd = ['handled', 'duplicate', 'retried', 'dead-lettered'].includes(kind);
    if (!isEnd || !start) return [];
    begun.delete(delivery);
    return [{ key: `${delivery} ${each.n}`, x: each.x, top: start.y, bottom: each.y }];
  });
}

function markOf({ happening, n, x, y }: Placed): readonly Mark[] {
  const { kind, attempt = 1, detail } = happening;
  const mark = (as: MarkKind, text: string) => [
    { key: `${kind} ${n}`, kind: as, text, title: `${happening.service} ${wordsOf(happening)}`, x, y },
  ];
  switch (kind) {
    case 'published':
    case 'handled':
      return [];
    case 'received':
      return attempt > 1 ? mark('attempt', `try ${attempt}`) : [];
    case 'duplicate':
      return mark(kind, 'again: no effect');
    case 'retried':
      return mark(kind, 'failed, will retry');
    case 'dead-lettered':
      return mark(kind, 'given up');
    case 'redriven':
      return mark(kind, 'sent once more');
    case 'projected':
      return mark(kind, 'can be searched');
    case 'delivered':
      return mark(kind, detail ? `delivered: ${detail}` : 'delivered');
    case 'state':
      return mark(kind, detail ?? 'changed');
    default:
      return kind satisfies never;
  }
}

function at({ x, y }: Point): Point {
  return { x, y };
}
