import type { Draft, MessageData, MessageType } from '@conveyor/contracts/messages';
import type { Database } from '@conveyor/patterns/transactional-outbox/tx';
import { type Effect, type Message, wholeOf } from '@conveyor/service-kit/messaging/message';
import { orderMessage } from '@conveyor/testing/order-message';

/** What a handler is told. Its id is the order's: of each type an order has one, and the same when a step is repeated. */
export function about<Type extends MessageType>(
  type: Type,
  orderId: string,
  data: MessageData<Type>,
): Message<Type> {
  return { ...orderMessage(type, orderId, data, { source: '/peer', correlationid: orderId }), id: orderId };
}

/** An effect from its intent to its end. Whoever repeats it gets nothing told, if it has ended before. */
export async function performed<Type extends MessageType, Intent, Outcome>(
  database: Database,
  effect: Effect<Type, Intent, Outcome>,
  message: Message<Type>,
): Promise<readonly Draft[]> {
  const intention = await database.transaction((tx) => effect.intend(tx, message));
  if ('settled' in intention) return intention.settled;
  const outcome = await effect.perform(intention.perform, new AbortController().signal);
  const told = await database.transaction((tx) => effect.settle(tx, message, intention.perform, outcome));
  return wholeOf(told).drafts;
}

/** Only orders that are completed are measured. */
export function assertUntold(type: MessageType, drafts: readonly Draft[]): void {
  if (drafts.some((draft) => draft.type === type)) throw new Error(`${type} was not expected`);
}
