import type { Facts } from '@conveyor/testing/invariants/facts';
import { endings, findViolations, type Violation } from '@conveyor/testing/invariants/violations';
import { type Aftermath, channels } from './aftermath.ts';
import type { Load } from './load.ts';

/** What is wrong, a line each, with the id of an order or a sku. */
export interface Findings {
  readonly lost: readonly string[];
  readonly doubled: readonly string[];
  readonly differing: readonly string[];
  /** Dead letters. Nothing is wrong with them by themselves: each says why. */
  readonly givenUp: readonly string[];
}

type Kind = 'lost' | 'doubled' | 'differing';

const kinds: Readonly<Record<Violation['code'], Kind>> = {
  'accepted-order-lost': 'lost',
  'order-not-final': 'lost',
  'stream-has-gap': 'lost',
  'payment-unresolved': 'lost',
  'payment-ended-otherwise': 'differing',
  'saga-not-finished': 'lost',
  'ended-twice': 'doubled',
  'not-charged-exactly-once': 'doubled',
  'charged-wrong-amount': 'doubled',
  'cancelled-but-charged': 'doubled',
  'charged-more-than-once': 'doubled',
  'charge-without-order': 'doubled',
  'completed-though-cancelled': 'differing',
  'stock-not-conserved': 'differing',
  'stock-still-reserved': 'differing',
  'sold-differs-from-orders': 'differing',
  'reservation-ended-otherwise': 'differing',
  'saga-ended-otherwise': 'differing',
};

export interface Evidence {
  readonly facts: Facts;
  readonly aftermath: Aftermath;
  /** The orders that clients were told of, of all loads of this stack. */
  readonly accepted: readonly string[];
  /** What clients were answered. */
  readonly told: Pick<Load, 'exchanges' | 'orders'>;
  /** Of the read side; see `differences`. */
  readonly differences: readonly string[];
  /** Whether each client has been answered by a 2xx in the end: then there is no order that nobody knows of. */
  readonly isComplete: boolean;
}

/** Sorts everything that is wrong by what it means to a customer. */
export function findingsOf({
  facts,
  aftermath,
  accepted,
  told,
  differences,
  isComplete,
}: Evidence): Findings {
  const violations = findViolations(facts, accepted);
  const of = (kind: Kind) =>
    violations
      .filter(({ code }) => kinds[code] === kind)
      .map(({ code, id, detail }) => `${code} ${id}: ${detail}`);
  return {
    lost: [...of('lost'), ...parked(aftermath), ...untold(facts, aftermath)],
    doubled: [
      ...of('doubled'),
      ...placedTwice(told),
      ...toldTwice(aftermath),
      ...(isComplete ? ordersOfNobody(facts, accepted) : []),
    ],
    differing: [
      ...of('differing'),
      ...toldOtherwise(facts, told),
      ...differences.map((line) => `read-side-differs ${line}`),
    ],
    givenUp: aftermath.letters.map(
      ({ id, consumer, reason, error }) => `given-up ${id}: by ${consumer}, ${reason}, ${error}`,
    ),
  };
}

function parked({ parked: messages }: Aftermath): readonly string[] {
  return messages.map(({ id, reason }) => `parked ${id}: ${reason}`);
}

/**
 * Each customer is told by each channel how his order has ended, unless a dead letter says why not: of the channel, or of whoever
 * asks all channels.
 */
function untold({ orders }: Facts, { deliveries, letters }: Aftermath): readonly string[] {
  const told = new Set(
    deliveries.filter(({ times }) => times > 0).map(({ orderId, channel }) => `${orderId} ${channel}`),
  );
  const givenUp = new Set(letters.map(({ subject, consumer }) => `${subject} ${consumer}`));
  const isExcused = (orderId: string, channel: string) =>
    givenUp.has(`${orderId} notification.orders`) || givenUp.has(`${orderId} notification.${channel}`);
  return orders
    .filter(({ events }) => events.some((type) => endings.includes(type)))
    .flatMap(({ orderId }) => channels.map((channel) => ({ orderId, channel })))
    .filter(({ orderId, channel }) => !told.has(`${orderId} ${channel}`) && !isExcused(orderId, channel))
    .map(({ orderId, channel }) => `untold ${orderId}: its customer was not told by ${channel}`);
}

function toldTwice({ deliveries }: Aftermath): readonly string[] {
  return deliveries
    .filter(({ times }) => times > 1)
    .map(({ orderId, channel, times }) => `told-twice ${orderId}: by ${channel}, ${times} times`);
}

/** One key, one order: however often it was sent and answered. */
function placedTwice({ exchanges }: Evidence['told']): readonly string[] {
  const byNumber = Map.groupBy(
    exchanges.filter(({ what, orderId }) => what !== 'look' && orderId !== undefined),
    ({ n }) => n,
  );
  return [...byNumber].flatMap(([n, answers]) => {
    const ids = new Set(answers.map(({ orderId }) => orderId));
    return ids.size > 1 ? [`placed-twice ${[...ids].join(', ')}: all of them answered to request ${n}`] : [];
  });
}

/** The end that a client was told of is that of the stream. */
function toldOtherwise({ orders }: Facts, told: Evidence['told']): readonly string[] {
  const eventsOf = new Map(orders.map(({ orderId, events }) => [orderId, events]));
  return told.orders
    .filter(
      ({ orderId, status }) => status !== undefined && !eventsOf.get(orderId)?.includes(`order.${status}`),
    )
    .map(({ orderId, status }) => `told-otherwise ${orderId}: a client was told that it is ${status}`);
}

/** An order that no client was told of is the second one of a client that repeated its request. */
function ordersOfNobody({ orders }: Facts, accepted: readonly string[]): readonly string[] {
  const known = new Set(accepted);
  return orders
    .filter(({ orderId }) => !known.has(orderId))
    .map(({ orderId }) => `order-of-nobody ${orderId}: it is stored, and no client was told of it`);
}

export function isClean({ lost, doubled, differing }: Findings): boolean {
  return lost.length + doubled.length + differing.length === 0;
}
