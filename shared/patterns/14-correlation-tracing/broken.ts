import { randomUUID } from 'node:crypto';
import type { Delivery } from '@conveyor/brokers';
import { newTraceparent } from './trace-context.ts';

/** What every message has of its own. */
export interface Own {
  readonly id: string;
  readonly type: string;
}

/**
 * BUG: new correlation id per hop. "Every message needs a correlation id, so give it one": each message has one, each log
 * line too, and no two of them belong together. Nobody misses anything until the first order goes wrong.
 */
export function newStoryAtEveryHop(_cause: Delivery, { id, type }: Own): Readonly<Record<string, string>> {
  return { id, type, correlationid: randomUUID(), traceparent: newTraceparent() };
}

/**
 * BUG: the question's id taken for the story's. Both are called correlation id, and AMQP has a property of that name:
 * but on a question it only leads the reply back to its asker. All is well for as long as nobody asks.
 */
export function questionsIdAsStorys(
  { attributes, reply }: Delivery,
  { id, type }: Own,
): Readonly<Record<string, string>> {
  const correlationid = reply?.correlationId ?? attributes['correlationid'] ?? '';
  return { id, type, correlationid, traceparent: attributes['traceparent'] ?? newTraceparent() };
}
