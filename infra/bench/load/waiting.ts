import type { BrokerName } from '@conveyor/brokers';
import type { Databases } from '@conveyor/e2e/databases';
import type { System } from '@conveyor/e2e/system';
import { placesOf, stillToBeSent } from '@conveyor/e2e/what-waits';
import { eventually } from '@conveyor/testing/eventually';

/**
 * The system tells at most once a second what waits. And RabbitMQ does not count what a consumer has in hand, which no
 * consumer has for so long.
 */
const quietMs = 2_000;
/** What a load may leave behind, above all to the flight recorder and the read side. */
const limitMs = 900_000;

/** How many messages wait for a consumer on a broker. Rejects while that is not known. */
export async function waitingFor(system: System, consumer: string, broker: BrokerName): Promise<number> {
  const own = (await placesOf(system)).filter(
    (node) => node.consumer === consumer && node.broker === broker && node.role === 'work',
  );
  return own.reduce((sum, { id, waiting }) => {
    if (waiting === undefined) throw new Error(`what waits in ${id} is not measured`);
    return sum + waiting;
  }, 0);
}

/**
 * Resolves once nobody has anything left to do for any order: mails are sent, the flight recorder has written down what
 * happened, and the read side shows it. What waits for consumers that are `held` back may wait. Rejects after a quarter of
 * an hour with what still waits, or when `signal` fires.
 */
export async function untilAtRest(
  system: System,
  databases: Databases,
  signal: AbortSignal,
  held: readonly string[] = [],
): Promise<void> {
  let since: number | undefined;
  await eventually(
    async () => {
      const busy = await whatWaits(system, databases, held);
      since = busy.length === 0 ? (since ?? performance.now()) : undefined;
      if (since === undefined) throw new Error(`not at rest: ${busy.join(', ')}`);
      if (performance.now() - since < quietMs) throw new Error('at rest, but not for long enough');
    },
    { timeoutMs: limitMs, signal },
  );
}

/** Each place with what waits there. What is not measured now may be anything. */
async function whatWaits(
  system: System,
  databases: Databases,
  held: readonly string[],
): Promise<readonly string[]> {
  const inPlaces = (await placesOf(system)).filter(({ consumer }) => !held.includes(consumer ?? ''));
  const counts = [...inPlaces, ...(await stillToBeSent(databases))];
  return counts
    .filter(({ waiting }) => waiting !== 0)
    .map(({ id, waiting }) => `${waiting ?? 'unknown'} in ${id}`);
}
