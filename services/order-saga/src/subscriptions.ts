import { heardBy } from '@conveyor/patterns/saga-orchestration/saga';
import { on, type Subscription } from '@conveyor/service-kit/messaging/subscription';
import { advanceSaga, type OnDropped } from './handlers/advance-saga.ts';
import type { OrderSaga } from './order-saga.ts';

/** Everything that the table names, and one handler for all of it. */
export function subscriptions(saga: OrderSaga, onDropped: OnDropped): readonly Subscription[] {
  const handle = advanceSaga({ saga, onDropped });
  return heardBy(saga).map((type) =>
    on(type, { consumer: 'order-saga.events', retry: 'ladder', saga: 'orchestration', handle }),
  );
}
