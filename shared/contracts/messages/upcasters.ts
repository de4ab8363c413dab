import type { Upcaster } from '@conveyor/patterns/schema-versioning/versions';
import orderCreated1 from '../released/order.created/1.schema.json' with { type: 'json' };
import type { MessageData, MessageType } from './registry.ts';

/** A version that is not written any more: how a body of it is checked, and how it becomes one of the next version. */
interface EarlierVersion {
  /** The very file that was released, so that it cannot change with the words that today's messages share. */
  readonly schema: object;
  readonly upcast: Upcaster;
}

/** What may still lie in a log, a queue or an event store. Version 1 first; those that are written today are in the registry. */
export const earlierVersions: Partial<Record<MessageType, readonly EarlierVersion[]>> = {
  'order.created': [{ schema: orderCreated1, upcast: withCurrency }],
};

type OrderCreated2 = MessageData<'order.created'>;
type OrderCreated1 = Omit<OrderCreated2, 'total'> & { readonly total: { readonly amount: number } };

/** As long as there was version 1, every price was in euros. */
function withCurrency(created: OrderCreated1): OrderCreated2 {
  return { ...created, total: { ...created.total, currency: 'EUR' } };
}
