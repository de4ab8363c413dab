import type { MessageType } from '@conveyor/contracts/messages';
import { advance } from '@conveyor/patterns/saga-orchestration/advance';
import { inWords, progress } from '@conveyor/patterns/saga-orchestration/progress';
import { lockSaga, saveSaga } from '@conveyor/patterns/saga-orchestration/saga-store';
import type { Handle, Message } from '@conveyor/service-kit/messaging/message';
import type { OrderSaga, OrderSagaState } from '../order-saga.ts';

/** Told of messages that change nothing, and why: most were delivered twice or came late. */
export type OnDropped = (message: Message, why: string) => void;

/** Takes every message of an order's saga: lock, decide, save, tell. */
export function advanceSaga(deps: {
  readonly saga: OrderSaga;
  readonly onDropped: OnDropped;
}): Handle<MessageType> {
  const { saga, onDropped } = deps;
  return async (tx, message) => {
    const { type, data, envelope } = message;
    const { subject, causationid, correlationid, traceparent, broker } = envelope;
    const known = await lockSaga<OrderSagaState>(tx, subject);
    const advanced = advance(saga, known, { type, subject, causationId: causationid, data });
    if ('dropped' in advanced) {
      onDropped(message, advanced.dropped);
      return [];
    }
    const now = progress(saga, advanced.state);
    const cause = { correlationid, traceparent, saga: envelope.saga, broker };
    await saveSaga(tx, { ...advanced, status: now.state, cause });
    return { drafts: advanced.commands, state: inWords(now) };
  };
}
