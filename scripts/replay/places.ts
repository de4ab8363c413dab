import { orderLog } from './order-log.ts';

/** Where the log and the event store are. */
export interface Places {
  /** `host:port` each. */
  readonly kafka: readonly string[];
  /** The topic that is the log of all orders. */
  readonly log: string;
  /** `postgres://user:password@host:port/database`: that of the order service, as somebody who may read it. */
  readonly eventStore: string;
}

type Variables = Readonly<Record<string, string | undefined>>;

/** Those that the environment names, else those of the stack that runs here; undefined when one is not to be found. */
export async function findPlaces(env: Variables): Promise<Places | undefined> {
  const named = placesIn(env);
  if (named) return named;
  // Loaded only here: in a container there is no such stack, and no code for it either.
  const { localServers } = await import('../stage/local-servers.ts');
  return placesIn((await localServers()) ?? {});
}

/** Undefined unless both are named: the log of one stack and the event store of another have nothing to say to each other. */
export function placesIn({ KAFKA_BROKERS: kafka, POSTGRES_URL: postgres }: Variables): Places | undefined {
  if (!kafka || !postgres) return undefined;
  return {
    kafka: kafka.split(','),
    log: orderLog,
    eventStore: new URL('/conveyor_order', postgres).href,
  };
}
