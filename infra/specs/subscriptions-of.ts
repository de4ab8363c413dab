import { subscriptions as inventory } from '@conveyor/inventory/subscriptions';
import { subscriptions as notification } from '@conveyor/notification/subscriptions';
import { subscriptions as order } from '@conveyor/order/subscriptions';
import { subscriptions as ofOrderSaga } from '@conveyor/order-saga/subscriptions';
import { subscriptions as payment } from '@conveyor/payment/subscriptions';
import type { Subscription } from '@conveyor/service-kit/messaging/subscription';
import { orderSaga } from './order-saga.ts';

/** Nobody calls a handler here, so nothing that one needs has to be there. */
const nothing = {} as never;

/** What each service that takes part in an order subscribes to. */
export const subscriptionsOf: Readonly<Record<string, readonly Subscription[]>> = {
  order,
  inventory: inventory(nothing),
  payment: payment(nothing),
  notification: notification({ mailer: nothing, sendSms: nothing, sendPush: nothing }),
  'order-saga': ofOrderSaga(orderSaga, nothing),
};
