import type { PortName } from './ports.ts';

/** What the services reach over a link that can be broken. Each is also the name of its port. */
export const linkNames = [
  'postgres',
  'rabbitmq',
  'kafka',
  'elasticsearch',
  'sandbox',
  'smtp',
] as const satisfies readonly PortName[];

export type LinkName = (typeof linkNames)[number];

/** That something stands between the services and all of these. Tests and tools go past it. */
export interface Links {
  /** Where the services find each, in place of its own port. */
  readonly ports: Readonly<Record<LinkName, number>>;
  /** Kafka tells its clients where to go on; those that come to this port are told the port of the link. */
  readonly kafkaListener: number;
}
