/** The services, in the order in which they are started. Each is also the name of its port. */
export const serviceNames = [
  'sandbox',
  'inventory',
  'order',
  'order-saga',
  'order-query',
  'payment',
  'notification',
  'gateway',
] as const;

export type ServiceName = (typeof serviceNames)[number];
