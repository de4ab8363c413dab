/**
 * One step of a saga that nobody conducts: a service hears `when`, does its part, and says so. What it `says` depends on
 * what it finds, and may be nothing; the way on which all goes well stands first.
 */
export interface ChoreographyStep {
  readonly step: string;
  readonly when: string;
  readonly service: string;
  readonly says: readonly string[];
  /** True: `when` comes after a delay, and mostly finds nothing left to do. Nobody waits for it. */
  readonly late?: true;
}

/** What a client asks for is no message, so nobody subscribes to it: the flow begins with what is said then. */
export interface ChoreographyRequest {
  readonly step: string;
  readonly request: string;
  readonly service: string;
  readonly says: readonly string[];
}

/** `order.expire` is said at once, but waits on its way until the time to pay is over. */
export const requests: readonly ChoreographyRequest[] = [
  { step: 'create', request: 'POST /api/orders', service: 'order', says: ['order.created', 'order.expire'] },
  {
    step: 'cancel',
    request: 'POST /api/orders/:id/cancel',
    service: 'order',
    says: ['order.cancel-requested', 'order.cancelled'],
  },
];

/**
 * The order flow, whole. No service holds this table; each knows only its own lines. It is written
 * down here because otherwise the flow could be read nowhere.
 */
export const choreography: readonly ChoreographyStep[] = [
  {
    step: 'reserve',
    when: 'order.created',
    service: 'inventory',
    says: ['inventory.reserved', 'inventory.rejected'],
  },
  { step: 'note reserved', when: 'inventory.reserved', service: 'order', says: ['order.reserved'] },
  { step: 'ask for charge', when: 'inventory.reserved', service: 'payment', says: ['payment.charge'] },
  {
    step: 'charge',
    when: 'payment.charge',
    service: 'payment',
    says: ['payment.completed', 'payment.failed'],
  },
  { step: 'complete', when: 'payment.completed', service: 'order', says: ['order.paid', 'order.completed'] },
  { step: 'sell', when: 'order.completed', service: 'inventory', says: [] },
  // Where it goes wrong, or the order is cancelled, each service undoes its own part.
  { step: 'cancel', when: 'inventory.rejected', service: 'order', says: ['order.cancelled'] },
  { step: 'release', when: 'payment.failed', service: 'inventory', says: ['inventory.released'] },
  { step: 'cancel', when: 'payment.failed', service: 'order', says: ['order.cancelled'] },
  { step: 'release', when: 'order.cancelled', service: 'inventory', says: ['inventory.released'] },
  { step: 'check for refund', when: 'order.cancelled', service: 'payment', says: ['payment.refund'] },
  { step: 'refund', when: 'payment.refund', service: 'payment', says: ['payment.refunded'] },
  // An order that is paid or final has nothing to say to it.
  {
    step: 'expire',
    when: 'order.expire',
    service: 'order',
    says: ['order.cancel-requested', 'order.cancelled'],
    late: true,
  },
];

/** With one of these the order is final: nothing new begins, but what they lead to has still to be done. */
export const endings: readonly string[] = ['order.completed', 'order.cancelled'];

/** Who is told of the end, and of nothing else. No order waits for it, and nothing is undone if it fails. */
export const afterwards: readonly ChoreographyStep[] = [
  { step: 'tell', when: 'order.completed', service: 'notification', says: ['notification.requested'] },
  { step: 'tell', when: 'order.cancelled', service: 'notification', says: ['notification.requested'] },
  {
    step: 'deliver',
    when: 'notification.requested',
    service: 'notification',
    says: ['notification.delivered'],
  },
];
