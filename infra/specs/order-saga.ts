import { orderSaga as orderSagaWith } from '@conveyor/order-saga/order-saga';

/** The table as a running service has it. */
export const orderSaga = orderSagaWith(300_000);
