import type { Attributes, Delivery } from '@conveyor/brokers';

/**
 * Header of a message that waits: when it is due, in milliseconds since 1970, by the clock of its
 * sender. Kafka's consumer goes by it, within bounds. RabbitMQ goes by the delay of the queue, counted from the
 * message's arrival there; to compare both, the header is sent there as well.
 */
export const dueHeader = 'due';

/** The header of a message that is written at `now` and due `delayMs` later. */
export function dueAfter(delayMs: number, now: Date): Attributes {
  return { [dueHeader]: String(now.getTime() + delayMs) };
}

/**
 * When a delivered message is due, in milliseconds since 1970. Undefined if it does not say so, or
 * says what is no time: such a message is due now, since nobody could say how long to hold it.
 */
export function dueTime({ headers }: Pick<Delivery, 'headers'>): number | undefined {
  const text = headers[dueHeader] ?? '';
  return /^\d{1,15}$/.test(text) ? Number(text) : undefined;
}
