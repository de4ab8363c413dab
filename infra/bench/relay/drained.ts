import type { BrokerName } from '@conveyor/brokers';
import { inTime } from '../in-time.ts';
import { type RelayGround, someMessages } from './relay-ground.ts';

/** Fills the outbox, then lets a relay begin, and waits until it is empty. */
export async function drained(
  ground: RelayGround,
  broker: BrokerName,
  count: number,
  signal: AbortSignal,
): Promise<number> {
  await ground.write(broker, someMessages(broker, count));
  let left = count;
  const { promise: isEmpty, resolve } = Promise.withResolvers<void>();
  const start = performance.now();
  const relay = ground.relay(ground.brokers[broker], (published) => {
    left -= published;
    if (left === 0) resolve();
  });
  try {
    await inTime(signal, `the outbox to be empty, on ${broker}`, isEmpty);
    return perSecond(count, start);
  } finally {
    await relay.stop();
  }
}

/** So many since then. */
export function perSecond(count: number, start: number): number {
  return (count * 1_000) / (performance.now() - start);
}
