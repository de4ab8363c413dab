import type { BrokerName } from '@conveyor/contracts';
import { postponeLimits } from '@conveyor/patterns/saga-orchestration/saga-store';
import type { Tx } from '@conveyor/patterns/transactional-outbox/tx';

/** For what has come while nobody listened, to be heard before anything in it counts as missing. */
const timeToListenMs = 60_000;
/** Asked every second; who was not for so long did not run. */
const absentAfterMs = 10_000;

export interface ListeningDeps {
  readonly database: Tx;
  readonly brokers: readonly BrokerName[];
  /** Whether replies on this broker are heard at present: it is there, and nobody has paused the consumer. */
  readonly hears: (broker: BrokerName) => boolean;
  /** In ms, by a clock that only goes on. */
  readonly now: () => number;
}

export interface Listening {
  /** Of which brokers a reply that has not been heard may count as missing. */
  heard(): Promise<readonly BrokerName[]>;
  /** Call it when the conductor could not look at his sagas: he has not followed them meanwhile, whatever was said. */
  missed(): void;
}

/**
 * Whenever a broker begins to be heard, after a start, an outage or a pause, the limits of its sagas are postponed
 * first: their replies may lie there. So they are after the conductor himself was away: his database, or his whole process.
 */
export function createListening({ database, brokers, hears, now }: ListeningDeps): Listening {
  const heard = new Set<BrokerName>();
  let askedAt = now();
  return {
    async heard() {
      if (now() - askedAt > absentAfterMs) heard.clear();
      askedAt = now();
      for (const broker of brokers) {
        if (!hears(broker)) heard.delete(broker);
        else if (!heard.has(broker)) {
          await postponeLimits(database, broker, timeToListenMs);
          heard.add(broker);
        }
      }
      return [...heard];
    },
    missed: () => heard.clear(),
  };
}
