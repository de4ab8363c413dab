import { foldOrder } from '../../services/order/src/handlers/order-stream.ts';
import { versionOf } from '../../shared/contracts/messages/index.ts';
import { type Difference, differingFields } from './differences.ts';
import type { StoredStream } from './event-store.ts';

/**
 * Where an order's snapshot, from which it is loaded, does not say what its events say, of which none may be missing. One of
 * another release is never loaded.
 */
export function snapshotDifferences({ orderId, events, snapshot }: StoredStream): readonly Difference[] {
  if (snapshot?.schemaVersion !== versionOf('order.snapshot')) return [];
  const { version, state } = snapshot;
  const said = events.filter((event) => event.version <= version);
  return differingFields(state, foldOrder(said)).map(({ path, one, other }) => ({
    orderId,
    what: `the snapshot of version ${version} differs in ${path}: ${one} there, ${other} by the events`,
  }));
}
