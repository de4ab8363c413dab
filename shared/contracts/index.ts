export type { FieldProblem } from './problem.ts';
export { fieldProblem, fieldProblems } from './problem.ts';
export type {
  BrokerName,
  CancelReason,
  Currency,
  Money,
  OrderLine,
  OrderStatus,
  PaymentToken,
  Priority,
  SagaStyle,
  StockLine,
} from './vocabulary.ts';
export { isSku, isUuid, orderStatuses } from './vocabulary.ts';
