import { Kafka, logLevel } from 'kafkajs';

/** Where the brokers are, and the name that this process gives itself in their logs. */
export interface KafkaAccess {
  readonly brokers: readonly string[];
  readonly clientId: string;
}

/**
 * A client of its own for each use: kafkajs keeps the offsets of a group per client, so two
 * consumers of one group would write over each other's.
 *
 * Its retries are few and short. What lasts longer than a hiccup is handled by us, by building
 * producer or consumer anew; so an outage ends a publish in seconds and shows as an event.
 */
export function createClient({ brokers, clientId }: KafkaAccess): Kafka {
  return new Kafka({
    brokers: [...brokers],
    clientId,
    connectionTimeout: 2_000,
    // Longer than the session of a group's member (6 s): while its leader is dead, joining the group is
    // answered only when that session has expired. Given up before, it would leave another dead member.
    requestTimeout: 7_000,
    retry: { initialRetryTime: 100, maxRetryTime: 500, retries: 3 },
    logLevel: logLevel.NOTHING,
  });
}
