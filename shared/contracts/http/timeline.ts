import { type Static, Type } from 'typebox';
import { JournalEntry } from '../messages/journal.ts';
import { OrderId, SagaStyle } from '../vocabulary.ts';
import { ProblemDetails } from './problem-details.ts';
import type { Route } from './route.ts';

/** Where a saga is. `stuck` needs a person; `reason` says why. */
export const SagaProgress = Type.Object({
  state: Type.Enum(['running', 'compensating', 'done', 'stuck']),
  reason: Type.Optional(Type.String()),
  /** Names of steps, in the order in which they were done. */
  done: Type.Array(Type.String()),
  /** Those still to come if nothing else goes wrong. */
  next: Type.Array(Type.String()),
});
export type SagaProgress = Static<typeof SagaProgress>;

export const Timeline = Type.Object({
  orderId: OrderId,
  entries: Type.Array(Type.Omit(JournalEntry, ['id', 'orderId', 'message'])),
  saga: Type.Object({ style: SagaStyle, ...SagaProgress.properties }),
});
export type Timeline = Static<typeof Timeline>;

export const getTimeline = {
  method: 'GET',
  path: '/api/orders/:id/timeline',
  service: 'gateway',
  summary: 'Everything that happened to the messages of an order, and what is still to come',
  schema: {
    params: Type.Object({ id: Type.String() }),
    response: { 200: Timeline, 404: ProblemDetails, 503: ProblemDetails },
  },
} as const satisfies Route;

/** Inside the system only: the orchestrator's own word on an order. What it has not heard of has not begun. */
export const getSaga = {
  path: '/internal/sagas/:id',
  schema: {
    params: Type.Object({ id: Type.String() }),
    response: { 200: SagaProgress, 404: ProblemDetails },
  },
} as const;
