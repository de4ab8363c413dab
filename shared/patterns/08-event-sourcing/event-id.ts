import { derivedMessageId } from '@conveyor/brokers';

/**
 * The id of the message that tells of an event. It is derived, not drawn, from the event's stream (a UUID), what the
 * streams are about and the event's place: whoever publishes the event again does so under the same id, and
 * every inbox recognises it.
 */
export function eventId(kind: string, streamId: string, version: number): string {
  return derivedMessageId(streamId, `${kind}-event:${version}`);
}
