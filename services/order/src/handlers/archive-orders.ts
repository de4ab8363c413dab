import type { Draft } from '@conveyor/contracts/messages';
import { newTraceparent } from '@conveyor/patterns/correlation-tracing/trace-context';
import { archiveSnapshots } from '@conveyor/patterns/event-sourcing/snapshots';
import type { Database } from '@conveyor/patterns/transactional-outbox/tx';
import type { Messaging } from '@conveyor/service-kit/messaging/messaging';
import type { PaymentTokens } from './ports.ts';

export interface ArchiveOrdersDeps {
  readonly database: Database;
  readonly tokens: Pick<PaymentTokens, 'forget'>;
  readonly send: Messaging['send'];
  /** How long ago an order must have ended. */
  readonly afterDays: number;
  readonly newId: () => string;
  /** Called after each commit. */
  readonly onArchived: () => void;
  /** Awaited before some more: what live orders have to say waits in the outbox behind the tombstones. */
  readonly pause: () => Promise<void>;
}

const atOnce = 500;
const dayMs = 24 * 3_600_000;

/**
 * Archives what ended long ago, some at a time: the snapshot is deleted, and Kafka is told by a tombstone to forget it, too. So is the token
 * that paid. The stream stays, and with it the whole story of the order. Answers how many there were.
 */
export function createArchiveOrders(deps: ArchiveOrdersDeps) {
  const { database, tokens, send, afterDays, newId, onArchived, pause } = deps;
  return async (): Promise<number> => {
    const before = new Date(Date.now() - afterDays * dayMs);
    const cause = { correlationid: newId(), traceparent: newTraceparent() };
    for (let total = 0; ; await pause()) {
      const archived = await database.transaction(async (tx) => {
        const orderIds = await archiveSnapshots(tx, before, atOnce);
        await tokens.forget(tx, orderIds);
        await send(tx, cause, orderIds.map(tombstone));
        return orderIds.length;
      });
      if (archived > 0) onArchived();
      total += archived;
      if (archived < atOnce) return total;
    }
  };
}

function tombstone(orderId: string): Draft {
  return { type: 'order.snapshot', subject: orderId, data: null };
}
