import type { BrokerName } from '@conveyor/contracts';
import { afterLimit } from '@conveyor/patterns/saga-orchestration/after-limit';
import { inWords, type Progress, progress } from '@conveyor/patterns/saga-orchestration/progress';
import { lockOverdueSagas, saveSaga } from '@conveyor/patterns/saga-orchestration/saga-store';
import type { Database, Tx } from '@conveyor/patterns/transactional-outbox/tx';
import type { Messaging } from '@conveyor/service-kit/messaging/messaging';
import type { Cause } from '@conveyor/service-kit/messaging/outgoing';
import type { OrderSaga, WaitingOrderSaga } from '../order-saga.ts';

export interface EndOverdueDeps {
  readonly saga: OrderSaga;
  /** The brokers whose replies have been heard. */
  readonly heard: readonly BrokerName[];
  readonly database: Database;
  readonly messaging: Pick<Messaging, 'send' | 'wakeRelays'>;
  /** Writes the new state into the flight recorder: a saga that is stuck sends nothing that would tell. */
  readonly record: (tx: Tx, orderId: string, cause: Cause, state: string) => Promise<void>;
  /** Told after the commit. */
  readonly onOverdue: (orderId: string, now: Progress) => void;
}

const atMost = 100;

/**
 * Takes the consequences of what did not come in time, for up to 100 sagas in one transaction; true when there may be
 * more. The net under the saga: an order that goes well never waits for it.
 *
 * Several instances may do this at once: each takes sagas that no other one holds.
 */
export async function endOverdue(deps: EndOverdueDeps): Promise<boolean> {
  const { saga, heard, database, messaging, record, onOverdue } = deps;
  const ended = await database.transaction(async (tx) => {
    const overdue = await lockOverdueSagas<WaitingOrderSaga, Cause>(tx, heard, atMost);
    const changes: { readonly orderId: string; readonly now: Progress }[] = [];
    for (const { state, cause } of overdue) {
      const advanced = afterLimit(saga, state);
      const now = progress(saga, advanced.state);
      await saveSaga(tx, { ...advanced, status: now.state, cause });
      await messaging.send(tx, { ...cause, causationid: state.awaiting }, advanced.commands);
      await record(tx, state.id, cause, inWords(now));
      changes.push({ orderId: state.id, now });
    }
    return changes;
  });
  if (ended.length > 0) messaging.wakeRelays();
  for (const { orderId, now } of ended) onOverdue(orderId, now);
  return ended.length === atMost;
}
