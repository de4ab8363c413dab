import { type Static, Type } from 'typebox';
import { ProblemDetails } from './problem-details.ts';
import type { Route } from './route.ts';

export const ProjectionStatus = Type.Object({
  state: Type.Enum(['live', 'rebuilding']),
  /** How many events the searched index is behind the log. */
  lag: Type.Integer({ minimum: 0 }),
  /** The one that is searched. */
  index: Type.String(),
  /** Of the index that is being built to take its place: events read, of how many there are by now. */
  progress: Type.Optional(
    Type.Object({
      index: Type.String(),
      done: Type.Integer({ minimum: 0 }),
      total: Type.Integer({ minimum: 0 }),
    }),
  ),
});
export type ProjectionStatus = Static<typeof ProjectionStatus>;

const owned = { service: 'order-query', admin: true } as const;

export const getProjection = {
  ...owned,
  method: 'GET',
  path: '/api/projections/orders',
  summary: 'How far the read side has come, and with what a rebuild is busy',
  schema: { response: { 200: ProjectionStatus, 503: ProblemDetails } },
} as const satisfies Route;

export const rebuildProjection = {
  ...owned,
  method: 'POST',
  path: '/api/projections/orders/rebuild',
  summary:
    'Build the read side anew from the log, beside the old one. While a rebuild is under way nothing more happens',
  schema: { response: { 202: ProjectionStatus, 400: ProblemDetails, 503: ProblemDetails } },
} as const satisfies Route;
