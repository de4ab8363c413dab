import type { Facts, LedgerFact, OrderFact } from './facts.ts';

/** One broken promise: which, and about whom. */
export interface Violation {
  readonly code:
    | 'accepted-order-lost'
    | 'order-not-final'
    | 'ended-twice'
    | 'completed-though-cancelled'
    | 'stream-has-gap'
    | 'not-charged-exactly-once'
    | 'charged-wrong-amount'
    | 'cancelled-but-charged'
    | 'charged-more-than-once'
    | 'payment-unresolved'
    | 'payment-ended-otherwise'
    | 'charge-without-order'
    | 'stock-not-conserved'
    | 'stock-still-reserved'
    | 'sold-differs-from-orders'
    | 'reservation-ended-otherwise'
    | 'saga-not-finished'
    | 'saga-ended-otherwise';
  /** An order id or a sku. */
  readonly id: string;
  readonly detail: string;
}

/** The events that an order ends with: one of them, once. */
export const endings: readonly string[] = ['order.completed', 'order.cancelled'];

/**
 * Holds the facts against what the system promises once all is quiet. `accepted` are the ids of the
 * orders that clients were told of by a 2xx.
 */
export function findViolations(facts: Facts, accepted: readonly string[]): readonly Violation[] {
  return [
    ...lostOrders(facts, accepted),
    ...facts.orders.flatMap(streamViolations),
    ...moneyViolations(facts),
    ...stockViolations(facts),
    ...sagaViolations(facts),
  ];
}

function lostOrders({ orders }: Facts, accepted: readonly string[]): Violation[] {
  const known = new Set(orders.map(({ orderId }) => orderId));
  return accepted
    .filter((id) => !known.has(id))
    .map((id) => ({ code: 'accepted-order-lost', id, detail: 'accepted, but there is no stream of it' }));
}

function streamViolations({ orderId: id, events, versions }: OrderFact): Violation[] {
  const ends = events.filter((type) => endings.includes(type)).length;
  const violations: Violation[] = [];
  const detail = `its events are ${events.join(', ')}`;
  if (ends === 0) violations.push({ code: 'order-not-final', id, detail });
  if (ends > 1) violations.push({ code: 'ended-twice', id, detail });
  if (events.includes('order.cancel-requested') && events.includes('order.completed'))
    violations.push({ code: 'completed-though-cancelled', id, detail });
  if (versions.some((version, index) => version !== index + 1)) {
    violations.push({ code: 'stream-has-gap', id, detail: `its versions are ${versions.join(', ')}` });
  }
  return violations;
}

/** What payment has still to settle: nothing of that is left once all is quiet. */
const unresolved = ['charging', 'voiding', 'refunding'];

function moneyViolations({ orders, ledger, payments }: Facts): Violation[] {
  const byOrder = Map.groupBy(ledger, ({ orderId }) => orderId);
  const known = new Set(orders.map(({ orderId }) => orderId));
  const strangers = [...byOrder.keys()].filter((id) => !known.has(id));
  return [
    ...orders.flatMap((order) => moneyOfOrder(order, byOrder.get(order.orderId) ?? [])),
    ...strangers.map((id) => ({
      code: 'charge-without-order' as const,
      id,
      detail: 'the ledger knows it, order does not',
    })),
    ...paymentViolations({ orders, payments }),
  ];
}

/** What payment has written down must have come to the same end as the order, as the ledger must. */
function paymentViolations({ orders, payments }: Pick<Facts, 'orders' | 'payments'>): Violation[] {
  const completed = completedOf(orders);
  return payments.flatMap(({ orderId: id, status }): Violation[] => {
    if (unresolved.includes(status))
      return [{ code: 'payment-unresolved', id, detail: `its charge is ${status}` }];
    const isCompleted = completed.has(id);
    if ((status === 'charged') === isCompleted) return [];
    const detail = `its charge is ${status}, the order is ${isCompleted ? '' : 'not '}completed`;
    return [{ code: 'payment-ended-otherwise', id, detail }];
  });
}

function completedOf(orders: readonly OrderFact[]): ReadonlySet<string> {
  return new Set(
    orders.filter(({ events }) => events.includes('order.completed')).map(({ orderId }) => orderId),
  );
}

function moneyOfOrder(order: OrderFact, entries: readonly LedgerFact[]): Violation[] {
  const id = order.orderId;
  const charges = entries.filter(({ kind }) => kind === 'charge');
  const net = entries.reduce((sum, { kind, amount }) => sum + (kind === 'charge' ? amount : -amount), 0);
  if (order.events.includes('order.cancelled')) {
    if (net !== 0) return [{ code: 'cancelled-but-charged', id, detail: `the customer has paid ${net}` }];
    if (charges.length <= 1) return [];
    return [
      { code: 'charged-more-than-once', id, detail: `charged ${charges.length} times, and given back` },
    ];
  }
  if (!order.events.includes('order.completed')) return [];
  if (charges.length !== 1 || entries.length !== 1) {
    const seen = entries.map(({ kind }) => kind).join(', ') || 'nothing';
    return [{ code: 'not-charged-exactly-once', id, detail: `the ledger holds ${seen}` }];
  }
  const [{ amount, currency }] = charges as [LedgerFact];
  if (amount === order.total.amount && currency === order.total.currency) return [];
  return [
    {
      code: 'charged-wrong-amount',
      id,
      detail: `charged ${amount} ${currency}, the order is ${order.total.amount} ${order.total.currency}`,
    },
  ];
}

function stockViolations({ orders, products, reservations }: Facts): Violation[] {
  const soldByOrders = new Map<string, number>();
  for (const { events, items } of orders) {
    if (!events.includes('order.completed')) continue;
    for (const { sku, quantity } of items) soldByOrders.set(sku, (soldByOrders.get(sku) ?? 0) + quantity);
  }
  const ofProducts = products.flatMap(({ sku: id, onHand, reserved, sold, adjusted }): Violation[] => {
    const violations: Violation[] = [];
    if (onHand + sold !== adjusted) {
      violations.push({
        code: 'stock-not-conserved',
        id,
        detail: `${onHand} on hand + ${sold} sold is not ${adjusted}`,
      });
    }
    if (reserved !== 0) violations.push({ code: 'stock-still-reserved', id, detail: `${reserved} reserved` });
    const ordered = soldByOrders.get(id) ?? 0;
    if (sold !== ordered) {
      violations.push({
        code: 'sold-differs-from-orders',
        id,
        detail: `${sold} sold, completed orders hold ${ordered}`,
      });
    }
    return violations;
  });
  const known = new Set(products.map(({ sku }) => sku));
  const ofNoProduct = [...soldByOrders]
    .filter(([sku]) => !known.has(sku))
    .map(([id, ordered]) => ({
      code: 'sold-differs-from-orders' as const,
      id,
      detail: `there is no such product, completed orders hold ${ordered}`,
    }));
  return [...ofProducts, ...ofNoProduct, ...reservationViolations({ orders, reservations })];
}

/** The goods must have come to the same end as their order, each in its own: the sums of two that are wrong may be right. */
function reservationViolations({
  orders,
  reservations,
}: Pick<Facts, 'orders' | 'reservations'>): Violation[] {
  const completed = completedOf(orders);
  return reservations.flatMap(({ orderId: id, status }): Violation[] => {
    if (status === 'reserved')
      return [{ code: 'stock-still-reserved', id, detail: 'its reservation is open' }];
    const isCompleted = completed.has(id);
    if ((status === 'sold') === isCompleted) return [];
    const detail = `its goods are ${status}, the order is ${isCompleted ? '' : 'not '}completed`;
    return [{ code: 'reservation-ended-otherwise', id, detail }];
  });
}

function sagaViolations({ sagas, orders }: Facts): Violation[] {
  const completed = completedOf(orders);
  return sagas.flatMap(({ orderId: id, status, end, stuck }): Violation[] => {
    if (status !== 'done') {
      return [{ code: 'saga-not-finished', id, detail: `it is ${stuck ? `${status}: ${stuck}` : status}` }];
    }
    if ((end === 'completed') === completed.has(id)) return [];
    return [{ code: 'saga-ended-otherwise', id, detail: `it has ${end}, its order has not` }];
  });
}
