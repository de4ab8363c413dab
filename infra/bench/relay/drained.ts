import type { BrokerName } from '@conveyor/brokers';
import { type RelayGround, someMessages } from './relay-ground.ts';

/** Fills the outbox, then lets a relay begin, and waits until it is empty. */
export async function drained(ground: RelayGround, broker: BrokerName, count: number): Promise<number> {
  await ground.write(broker, someMessages(broker, count));
  let left = count;
  const { promise: isEmpty, resolve } = Promise.withResolvers<void>();
  const start = performance.now();
  const relay = ground.relay(ground.brokers[broker], (published) => {
    left -= published;
    if (left === 0) resolve();
  });
  await isEmpty;
  const result = perSecond(count, start);
  await relay.stop();
  return result;
}

/** So many since then. */
export function perSecond(count: number, start: number): number {
  return (count * 1_000) / (performance.now() - start);
}
