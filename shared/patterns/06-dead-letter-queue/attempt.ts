import { type Delivery, isUuid } from '@conveyor/brokers';

/**
 * What became of a delivery; in each case it may be acknowledged. `done`: its work is. `retried`: it waits where it will
 * be delivered again. `given-up`: it is a dead letter. `held`: it is handled after an earlier one of its key.
 */
export type Ending = 'done' | 'retried' | 'given-up' | 'held';

/** Tries a delivery once. Rejects when it is to be handed back to the broker. */
export type Attempt = (delivery: Delivery, signal: AbortSignal) => Promise<Ending>;

/** The id by which a message is known when it comes again; undefined when it has none that is a UUID. */
export function messageIdOf({ attributes: { id } }: Pick<Delivery, 'attributes'>): string | undefined {
  // As PostgreSQL writes it: the same message may come in capitals once.
  return id !== undefined && isUuid(id) ? id.toLowerCase() : undefined;
}

/** The key within which order is kept, as text that PostgreSQL takes: Kafka's keys may hold any character. */
export function orderingKeyOf({ origin }: Pick<Delivery, 'origin'>): string {
  return JSON.stringify(origin.address.key);
}
