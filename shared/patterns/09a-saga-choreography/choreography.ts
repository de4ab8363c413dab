/** One step of a saga that nobody conducts: a service hears `when` and answers with one of `then`. */
export interface ChoreographyStep {
  readonly when: string;
  readonly service: string;
  readonly then: readonly string[];
}

/**
 * The order flow, whole. No service holds this table; each knows only its own lines. It is written
 * down here because otherwise the flow could be read nowhere.
 */
export const choreography: readonly ChoreographyStep[] = [
  { when: 'order.created', service: 'inventory', then: ['inventory.reserved', 'inventory.rejected'] },
  { when: 'inventory.reserved', service: 'order', then: ['order.reserved'] },
  { when: 'inventory.reserved', service: 'payment', then: ['payment.charge'] },
  { when: 'payment.charge', service: 'payment', then: ['payment.completed', 'payment.failed'] },
  { when: 'payment.completed', service: 'order', then: ['order.paid', 'order.completed'] },
  { when: 'order.completed', service: 'inventory', then: [] },
  // Where it goes wrong, each service undoes its own part.
  { when: 'inventory.rejected', service: 'order', then: ['order.cancelled'] },
  { when: 'payment.failed', service: 'inventory', then: ['inventory.released'] },
  { when: 'payment.failed', service: 'order', then: ['order.cancelled'] },
  { when: 'order.cancelled', service: 'inventory', then: ['inventory.released'] },
  { when: 'order.cancelled', service: 'payment', then: ['payment.refund'] },
  { when: 'payment.refund', service: 'payment', then: ['payment.refunded'] },
];
