import { deepStrictEqual } from 'node:assert/strict';
import type { OutgoingMessage, Publisher } from '@conveyor/brokers';
import { eventually } from './eventually.ts';

/**
 * Publishes until everything is confirmed, as a relay does: a topic that was made a moment ago, or a server that has just started, may
 * refuse the first try. Sent again, a message keeps its id. Rejects with what was said of the rest after `timeoutMs` (default 10,000).
 */
export async function publishAll(
  publisher: Publisher,
  messages: readonly OutgoingMessage[],
  options: { readonly timeoutMs?: number } = {},
): Promise<void> {
  let left = messages;
  await eventually(async () => {
    const outcomes = await publisher.publish(left);
    left = left.filter((_, at) => outcomes[at]?.status !== 'confirmed');
    const others = outcomes.filter(({ status }) => status !== 'confirmed');
    deepStrictEqual(others, []);
  }, options);
}
