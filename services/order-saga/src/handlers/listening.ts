import type { BrokerName } from '@conveyor/contracts';
import { postponeLimits } from '@conveyor/patterns/saga-orchestration/saga-store';
import type { Tx } from '@conveyor/patterns/transactional-outbox/tx';

/** For what has come while nobody listened, to be heard before anything in it counts as missing. */
const timeToListenMs = 60_000;

export interface ListeningDeps {
  readonly database: Tx;
  readonly brokers: readonly BrokerName[];
  /** Whether replies on this broker are heard at present: it is there, and nobody has paused the consumer. */
  readonly hears: (broker: BrokerName) => boolean;
}

/**
 * Answers, whenever it is asked, of which brokers a reply that has not been heard may count as missing. Whenever one begins to be heard,
 * after a start, an outage or a pause, the limits of its sagas are postponed first: their replies may lie there.
 */
export function createListening({
  database,
  brokers,
  hears,
}: ListeningDeps): () => Promise<readonly BrokerName[]> {
  const heard = new Set<BrokerName>();
  return async () => {
    for (const broker of brokers) {
      if (!hears(broker)) heard.delete(broker);
      else if (!heard.has(broker)) {
        await postponeLimits(database, broker, timeToListenMs);
        heard.add(broker);
      }
    }
    return [...heard];
  };
}
