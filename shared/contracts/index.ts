export type { FieldProblem } from './problem.ts';
export { fieldProblem, fieldProblems } from './problem.ts';
export type {
  BrokerName,
  CancelReason,
  Money,
  OrderLine,
  OrderStatus,
  Priority,
  SagaStyle,
  StockLine,
} from './vocabulary.ts';
export { Amount, Currency, isSku, isUuid, OrderId, orderStatuses, PaymentToken } from './vocabulary.ts';
