import type { OutgoingMessage } from '../port.ts';

/** Below Kafka's default `message.max.bytes` (1 048 588), which bounds a whole batch of records. */
const requestBytes = 900_000;
const recordOverhead = 100;

/**
 * `positions` of `messages`, in order, cut so that each part fits into one request. A message that
 * is too large by itself gets a part of its own, so that its refusal takes no other with it.
 */
export function requestsOf(
  messages: readonly OutgoingMessage[],
  positions: readonly number[],
): readonly (readonly number[])[] {
  const requests: number[][] = [];
  let room = 0;
  for (const position of positions) {
    const size = sizeOf(messages[position]);
    if (size > room) {
      requests.push([]);
      room = requestBytes;
    }
    requests.at(-1)?.push(position);
    room -= size;
  }
  return requests;
}

export function halvesOf(request: readonly number[]): readonly [readonly number[], readonly number[]] {
  const middle = Math.ceil(request.length / 2);
  return [request.slice(0, middle), request.slice(middle)];
}

function sizeOf(message: OutgoingMessage | undefined): number {
  if (!message) return 0;
  const headers = { ...message.headers, ...message.attributes };
  const texts = Object.entries(headers).reduce(
    (sum, [name, value]) => sum + name.length + value.length + 5,
    0,
  );
  return message.body.length + message.address.key.length + texts + recordOverhead;
}
