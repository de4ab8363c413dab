import { deepStrictEqual } from 'node:assert/strict';
import type { OutgoingMessage, Publisher } from '@conveyor/brokers';
import { eventually } from './eventually.ts';

/** Publishes until everything is confirmed, as a relay does: a topic that was made a moment ago may refuse the first try. */
export async function publishAll(publisher: Publisher, messages: readonly OutgoingMessage[]): Promise<void> {
  let left = messages;
  await eventually(async () => {
    const outcomes = await publisher.publish(left);
    left = left.filter((_, at) => outcomes[at]?.status !== 'confirmed');
    const others = outcomes.filter(({ status }) => status !== 'confirmed');
    deepStrictEqual(others, []);
  });
}
