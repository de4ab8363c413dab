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

/** The name of a service's own database, and of the role that may use it. */
export function databaseOf(service: ServiceName): string {
  return `conveyor_${service.replaceAll('-', '_')}`;
}
