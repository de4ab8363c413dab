import { changeConsumer, listConsumers } from './consumers.ts';
import {
  discardDeadLetter,
  getDeadLetter,
  listDeadLetters,
  redriveDeadLetter,
  redriveDeadLetters,
} from './dead-letters.ts';
import { getFlow } from './flow.ts';
import { getFaults, getHealth, getLedger, putFaults } from './operations.ts';
import { getOrderMessage } from './order-message.ts';
import { cancelOrder, getOrder, placeOrder } from './orders.ts';
import { getPattern, listPatterns, playPattern } from './patterns.ts';
import { getProduct, listProducts, putProduct } from './products.ts';
import { getProjection, rebuildProjection } from './projections.ts';
import type { Route } from './route.ts';
import { searchOrders } from './search.ts';
import { openStream } from './stream.ts';
import { getTimeline } from './timeline.ts';

export type { ConsumerState, OwnedConsumerState } from './consumers.ts';
export { ownConsumers } from './consumers.ts';
export type {
  DeadLetterDetails,
  DeadLetterList,
  DeadLetterView,
  DiscardResult,
  RedriveManyResult,
  RedriveResult,
} from './dead-letter-view.ts';
export { defaultPageSize, defaultRedriveLimit } from './dead-letters.ts';
export type { Flow, FlowLink, FlowNode } from './flow.ts';
export { longestWaitSeconds } from './longest-wait.ts';
export type { Fault, Faults, FaultsChange, Health, LedgerEntry, Readiness } from './operations.ts';
export { Fault as FaultSchema } from './operations.ts';
export type { OrderMessage } from './order-message.ts';
export type { AcceptedOrder, OrderView, PlaceOrderBody } from './orders.ts';
export { getPaymentToken } from './orders.ts';
export { ownDeadLetters } from './own-dead-letters.ts';
export { ownFaults } from './own-faults.ts';
export type { PatternDetails, PatternSummary } from './patterns.ts';
export { ProblemDetails } from './problem-details.ts';
export type { ProductChange, ProductView } from './products.ts';
export type { ProjectionStatus } from './projections.ts';
export type { Route } from './route.ts';
export type { OrderPage, SearchQuery, SearchSort } from './search.ts';
export type { SagaProgress, Timeline } from './timeline.ts';
export { getSaga } from './timeline.ts';
export {
  cancelOrder,
  changeConsumer,
  discardDeadLetter,
  getDeadLetter,
  getFaults,
  getFlow,
  getHealth,
  getLedger,
  getOrder,
  getOrderMessage,
  getPattern,
  getProduct,
  getProjection,
  getTimeline,
  listConsumers,
  listDeadLetters,
  listPatterns,
  listProducts,
  openStream,
  placeOrder,
  playPattern,
  putFaults,
  putProduct,
  rebuildProjection,
  redriveDeadLetter,
  redriveDeadLetters,
  searchOrders,
};

/** Every public operation, in the order of the documentation. */
export const publicRoutes: readonly Route[] = [
  placeOrder,
  getOrder,
  cancelOrder,
  getTimeline,
  getOrderMessage,
  openStream,
  searchOrders,
  getProjection,
  rebuildProjection,
  listProducts,
  getProduct,
  putProduct,
  listDeadLetters,
  getDeadLetter,
  redriveDeadLetter,
  redriveDeadLetters,
  discardDeadLetter,
  getFlow,
  listConsumers,
  changeConsumer,
  listPatterns,
  getPattern,
  playPattern,
  getLedger,
  getFaults,
  putFaults,
  getHealth,
];
