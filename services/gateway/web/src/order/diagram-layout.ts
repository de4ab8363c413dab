import type { Timeline } from '@conveyor/contracts/http';
import type { Happening } from './happening.ts';
import { type Mark, markOf } from './marks.ts';
import { deliveryOf, type Placed, type Point } from './placed-happening.ts';
import { type Sending, sendingsOf } from './sendings.ts';
import { laneOfStep } from './step-lanes.ts';
import { type Tick, timeAxis } from './time-axis.ts';

/** A service, as a line from top to bottom. */
interface Lane {
  readonly service: string;
  readonly x: number;
}

/** Somebody at work on a message: from receiving it to the end of it. */
interface Work {
  readonly key: string;
  readonly x: number;
  readonly top: number;
  readonly bottom: number;
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
export function layOut(timeline: Timeline): Diagram {
  const happenings = timeline.entries.toSorted((a, b) => Date.parse(a.at) - Date.parse(b.at));
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
    sendings: sendingsOf(placed, timeline.saga.state === 'done'),
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
