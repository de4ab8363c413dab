import { databaseOf, type ServiceName } from '@conveyor/local/stack';
import type { Random } from '../../scripts/measuring/random.ts';
import type { Place } from './gates.ts';

/** A moment at which a process may die. */
export interface CrashPoint {
  readonly service: ServiceName;
  readonly moment: string;
  /** The consumer whose messages it dies with, where the moment is one of a consumer. */
  readonly consumer?: string;
  /**
   * Where the process is held. With `at: 'commit'` it is frozen there, the commit goes through, and it dies
   * without having heard of it: after the commit, before anything that would follow.
   */
  readonly place: Place;
}

/** Everyone who sends messages because of messages. */
const senders = ['order', 'order-saga', 'inventory', 'payment', 'notification'] as const;

/** The consumers whose acknowledgement is missing when their service dies. */
const consumers = [
  ['order', 'order.events'],
  ['order', 'order.commands'],
  ['order-saga', 'order-saga.events'],
  ['inventory', 'inventory.events'],
  ['inventory', 'inventory.commands'],
  ['payment', 'payment.events'],
  ['payment', 'payment.charge'],
  ['payment', 'payment.refund'],
  ['notification', 'notification.orders'],
  ['gateway', 'gateway.audit'],
  ['gateway', 'gateway.journal'],
] as const;

export const crashPoints: readonly CrashPoint[] = [
  ...senders.map((service) => ({
    service,
    moment: 'after the commit, before the publish',
    place: { database: databaseOf(service), table: 'outbox', on: 'select' as const },
  })),
  ...senders.map((service) => ({
    service,
    moment: 'after the publish, before its row is deleted from the outbox',
    place: { database: databaseOf(service), table: 'outbox', on: 'delete' as const },
  })),
  ...consumers.map(([service, consumer]) => ({
    service,
    moment: 'after the commit, before the acknowledgement',
    consumer,
    place: {
      database: databaseOf(service),
      table: 'inbox',
      on: 'insert' as const,
      when: `new.consumer = '${consumer}'`,
      at: 'commit' as const,
    },
  })),
  {
    service: 'payment',
    moment: 'between the intent and the call of the provider',
    place: {
      database: 'conveyor_payment',
      table: 'charges',
      on: 'insert',
      when: `new.status = 'charging'`,
      at: 'commit',
    },
  },
  {
    service: 'payment',
    moment: 'between the call of the provider and its outcome',
    place: { database: 'conveyor_payment', table: 'charges', on: 'update', when: `new.status = 'charged'` },
  },
  {
    service: 'notification',
    moment: 'between the mail and its outcome',
    place: {
      database: 'conveyor_notification',
      table: 'inbox',
      on: 'insert',
      when: `new.consumer = 'notification.email'`,
    },
  },
  {
    service: 'payment',
    moment: 'in the middle of a compensation: money given back, not written down',
    place: { database: 'conveyor_payment', table: 'charges', on: 'update', when: `new.status = 'refunded'` },
  },
  {
    service: 'inventory',
    moment: 'in the middle of a compensation: while goods are released',
    place: {
      database: 'conveyor_inventory',
      table: 'reservations',
      on: 'update',
      when: `new.status = 'released'`,
    },
  },
  {
    service: 'order-saga',
    moment: 'in the middle of a compensation: between two of its steps',
    place: {
      database: 'conveyor_order_saga',
      table: 'sagas',
      on: 'update',
      when: `new.status = 'compensating' and old.status = 'compensating'`,
      at: 'commit',
    },
  },
];

/** One of each moment, drawn from `random`: which service dies then, and with whose messages. */
export function oneOfEachMoment(random: Random): readonly CrashPoint[] {
  const alike = Map.groupBy(crashPoints, ({ moment }) => moment);
  return [...alike.values()].flatMap((all) => {
    const drawn = Math.floor(random() * all.length);
    return all.slice(drawn, drawn + 1);
  });
}
