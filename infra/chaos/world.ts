import type { Health, Readiness } from '@conveyor/contracts/http';
import { askRabbitMq } from '@conveyor/e2e/ask-rabbitmq';
import { type Databases, openDatabases } from '@conveyor/e2e/databases';
import { newProduct } from '@conveyor/e2e/new-product';
import { allDocuments, differences, foldedOrders } from '@conveyor/e2e/read-side';
import { openUnacknowledged, type Unacknowledged } from '@conveyor/e2e/unacknowledged';
import { placesOf, stillToBeSent } from '@conveyor/e2e/what-waits';
import { readFacts } from '@conveyor/testing/invariants/read-facts';
import { readAftermath } from './aftermath.ts';
import { type Consumers, watchConsumers } from './consumers.ts';
import { type Findings, findingsOf } from './findings.ts';
import type { Ground } from './ground.ts';
import type { Load, PlacedOrder } from './load.ts';

/** A running system, and all that looks into it. */
export interface World extends Omit<Ground, 'stop'> {
  readonly databases: Databases;
  readonly consumers: Consumers;
  readonly unacknowledged: Unacknowledged;
  /** The sku of something of which there is not enough for everybody. */
  readonly scarce: string;
  /** Of all loads until now. */
  readonly accepted: Set<string>;
  close(): Promise<void>;
}

export async function openWorld(ground: Ground, onHand: number): Promise<World> {
  const { system } = ground;
  const scarce = await newProduct(system, { name: 'Scarce thing', onHand });
  const databases = openDatabases(system.stack.env.POSTGRES_URL);
  const unacknowledged = await openUnacknowledged(system.stack);
  const close = async () => {
    await Promise.allSettled([databases.close(), unacknowledged.close()]);
  };
  const consumers = await watchConsumers(system).catch(async (error: unknown) => {
    await close();
    throw error;
  });
  return {
    ...ground,
    databases,
    consumers,
    unacknowledged,
    scarce,
    accepted: new Set(),
    close,
  };
}

/** Whether every service, broker and store answers. */
export async function answersWhole({ system }: World): Promise<boolean> {
  const signal = AbortSignal.timeout(6_000);
  return system.call('GET', '/api/health', { signal }).then(
    ({ status }) => status === 200,
    () => false,
  );
}

/**
 * How many messages wait in queues and groups, for their next try too, or are in a consumer's hands, or have still to be sent, entries of
 * the flight recorder included. What is to be sent comes last: what was in hand before is among it now. Rejects when any of it cannot
 * be measured now.
 */
export async function waitingMessages({ system, unacknowledged, databases }: World): Promise<number> {
  const inPlaces = (await placesOf(system)).map(({ waiting, id }) => {
    if (waiting === undefined) throw new Error(`what waits in ${id} is not measured`);
    return waiting;
  });
  const inHand = await unacknowledged.inQueues();
  const toBeSent = (await stillToBeSent(databases)).map(({ waiting }) => waiting);
  return [...inPlaces, inHand, ...toBeSent].reduce((sum, count) => sum + count, 0);
}

/** Rejects when a service does not tell of its outbox; the simulated providers have none. */
export async function messagesInOutboxes({ system }: World): Promise<number> {
  const { body: health } = await system.call<Health>('GET', '/api/health');
  const lags = Object.entries(health.services).flatMap(([service, { outbox }]) => {
    if (!outbox && service !== 'sandbox') throw new Error(`${service} does not tell of its outbox`);
    return Object.values(outbox ?? {});
  });
  return lags.reduce((sum, { waiting }) => sum + waiting, 0);
}

/** Whether payment makes no call to its provider at present. */
export async function breakerIsOpen({ instances }: World): Promise<boolean> {
  const [{ port }] = instances.payment;
  const signal = AbortSignal.timeout(3_000);
  const { breakers } = await fetch(`http://127.0.0.1:${port}/ready`, { signal }).then(
    async (response) => (await response.json()) as Partial<Readiness>,
    () => ({ breakers: undefined }),
  );
  return breakers?.['payment provider'] === 'open';
}

/** Whether RabbitMQ says that it has too little memory, and blocks who publishes. */
export async function memoryAlarm({ system }: World): Promise<boolean> {
  const nodes = await askRabbitMq<readonly { readonly mem_alarm: boolean }[]>(
    system.stack.env.RABBITMQ_MANAGEMENT_URL,
    'nodes?columns=mem_alarm',
  );
  return nodes.some(({ mem_alarm }) => mem_alarm);
}

/** What is wrong in the stores, at the provider and on the read side, held against what clients were told. */
export async function look(
  { system, databases, accepted }: World,
  told: Pick<Load, 'exchanges' | 'orders'>,
  isComplete: boolean,
): Promise<Findings> {
  const { POSTGRES_URL, ELASTICSEARCH_URL } = system.stack.env;
  return findingsOf({
    facts: await readFacts(POSTGRES_URL),
    aftermath: await readAftermath(databases),
    accepted: [...accepted],
    told,
    differences: differences(await foldedOrders(databases), await allDocuments(ELASTICSEARCH_URL)),
    isComplete,
  });
}

/** Adds what a load has placed to what all of them have. */
export function accept({ accepted }: World, orders: readonly PlacedOrder[]): void {
  for (const { orderId } of orders) accepted.add(orderId);
}
