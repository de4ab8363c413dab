import { randomUUID } from 'node:crypto';
import type { Delivery } from '@conveyor/brokers';
import { newTraceparent, nextTraceparent } from './trace-context.ts';

/** What every message has of its own. */
export interface Own {
  readonly id: string;
  readonly type: string;
}

/**
 * BUG: new correlation id per hop. "Every message needs a correlation id, so give it one": each message has one, each log
 * line too, and no two of them belong together. Nobody misses anything until the first order goes wrong.
 */
export function newStoryAtEveryHop(cause: Delivery, own: Own): Readonly<Record<string, string>> {
  return { ...own, ...hopAfter(cause), correlationid: randomUUID() };
}

/**
 * BUG: the question's id taken for the story's. Both are called correlation id, and AMQP has a property of that name:
 * but on a question it only leads the reply back to its asker. All is well for as long as nobody asks.
 */
export function questionsIdAsStorys(cause: Delivery, own: Own): Readonly<Record<string, string>> {
  const story = hopAfter(cause);
  return { ...own, ...story, correlationid: cause.reply?.correlationId ?? story.correlationid };
}

/**
 * BUG: new trace at every hop. "A hop needs a traceparent, so make one": each span is a trace by itself, and no tool can draw them
 * together. The logs still can be searched by their correlation id, so nobody misses it until somebody asks where the time went.
 */
export function newTraceAtEveryHop(cause: Delivery, own: Own): Readonly<Record<string, string>> {
  return { ...own, ...hopAfter(cause), traceparent: newTraceparent() };
}

/**
 * BUG: the cause is copied along. "Copy what came": right for the story, wrong for the cause, which is the message itself. Every
 * message then names what began the story, or nothing, and the way from one to the next is lost.
 */
export function causeCopiedAlong(cause: Delivery, own: Own): Readonly<Record<string, string>> {
  return { ...own, ...hopAfter(cause), causationid: cause.attributes['causationid'] ?? '' };
}

/** What is right in all of them. */
function hopAfter({ attributes }: Delivery) {
  const { id = '', correlationid = '', traceparent } = attributes;
  return { correlationid, causationid: id, traceparent: nextTraceparent(traceparent) };
}
