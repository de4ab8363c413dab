/** One step of a saga that nobody conducts: a service hears `when` and answers with one of `says`. */
export interface ChoreographyStep {
  readonly when: string;
  readonly service: string;
  readonly says: readonly string[];
}

/**
 * The order flow, whole. No service holds this table; each knows only its own lines. It is written
 * down here because otherwise the flow could be read nowhere.
 */
export const choreography: readonly ChoreographyStep[] = [
  { when: 'order.created', service: 'inventory', says: ['inventory.reserved', 'inventory.rejected'] },
  { when: 'inventory.reserved', service: 'order', says: ['order.reserved'] },
  { when: 'inventory.reserved', service: 'payment', says: ['payment.charge'] },
  { when: 'payment.charge', service: 'payment', says: ['payment.completed', 'payment.failed'] },
  { when: 'payment.completed', service: 'order', says: ['order.paid', 'order.completed'] },
  { when: 'order.completed', service: 'inventory', says: [] },
  // Where it goes wrong, each service undoes its own part.
  { when: 'inventory.rejected', service: 'order', says: ['order.cancelled'] },
  { when: 'payment.failed', service: 'inventory', says: ['inventory.released'] },
  { when: 'payment.failed', service: 'order', says: ['order.cancelled'] },
  { when: 'order.cancelled', service: 'inventory', says: ['inventory.released'] },
  { when: 'order.cancelled', service: 'payment', says: ['payment.refund'] },
  { when: 'payment.refund', service: 'payment', says: ['payment.refunded'] },
];
