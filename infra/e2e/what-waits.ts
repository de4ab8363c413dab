import type { Flow, FlowNode } from '@conveyor/contracts/http';
import { databaseOf, serviceNames } from '@conveyor/local/stack';
import type { Databases } from './databases.ts';
import { isForLater } from './for-later.ts';
import type { System } from './system.ts';

/** The simulated providers send and take no messages. */
const senders = serviceNames.filter((name) => name !== 'sandbox');

/** Asks the databases of all services that send messages. */
export async function ofSenders<Row extends object>(databases: Databases, text: string): Promise<Row[]> {
  return (await Promise.all(senders.map((name) => databases.query<Row>(databaseOf(name), text)))).flat();
}

/** The queues and groups in which messages wait, but for those that tell an order of its end. */
export async function placesOf({ call }: Pick<System, 'call'>): Promise<readonly FlowNode[]> {
  const { body: flow } = await call<Flow>('GET', '/api/flow');
  return flow.nodes.filter((node) => ['queue', 'group'].includes(node.kind) && !isForLater(node));
}

/** What has still to be sent. What is parked waits for nobody. */
const toBeSent = {
  outboxes: 'select count(*)::int as count from outbox where parked_at is null',
  // Entries are left to gather for a part of a second, and there are new ones for as long as orders of the past are told that
  // their time is over.
  'outboxes of the flight recorder': `select count(*)::int as count from journal_outbox
     where parked_at is null and created_at < clock_timestamp() - interval '1 second'`,
} as const;

/** How many messages, and entries of the flight recorder, have still to be sent by all services together. */
export async function stillToBeSent(
  databases: Databases,
): Promise<readonly { readonly id: string; readonly waiting: number }[]> {
  return Promise.all(
    Object.entries(toBeSent).map(async ([id, text]) => ({ id, waiting: await countOf(databases, text) })),
  );
}

/** What a statement counts in the databases of all services that send messages, in a column `count`. */
export async function countOf(databases: Databases, text: string): Promise<number> {
  const counted = await ofSenders<{ readonly count: number }>(databases, text);
  return counted.reduce((sum, { count }) => sum + count, 0);
}
