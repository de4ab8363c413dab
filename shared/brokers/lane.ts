import type { OutgoingMessage } from './port.ts';

/** Messages with the same lane must not overtake each other: one ordering key, one address. */
export function laneOf({ orderingKey, address }: OutgoingMessage): string {
  return JSON.stringify([orderingKey, address.channel, address.key]);
}

/** The positions of `messages`, lane by lane, each lane in the order of the batch. */
export function lanesOf(messages: readonly OutgoingMessage[]): readonly (readonly number[])[] {
  const lanes = new Map<string, number[]>();
  for (const [position, message] of messages.entries()) {
    const lane = laneOf(message);
    const positions = lanes.get(lane);
    if (positions) positions.push(position);
    else lanes.set(lane, [position]);
  }
  return [...lanes.values()];
}
