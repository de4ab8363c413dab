import { Type } from 'typebox';
import { BrokerName } from '../vocabulary.ts';
import {
  DeadLetterDetails,
  DeadLetterList,
  DiscardResult,
  RedriveManyResult,
  RedriveResult,
} from './dead-letter-view.ts';
import { ProblemDetails } from './problem-details.ts';
import type { Route } from './route.ts';

/** What a request that names no limit gets. */
export const defaultPageSize = 20;
export const defaultRedriveLimit = 1_000;

export const Cursor = Type.Optional(Type.String({ format: 'uuid' }));
export const PageSize = Type.Integer({ minimum: 1, maximum: 100, default: defaultPageSize });
export const RedriveLimit = Type.Integer({ minimum: 1, maximum: 10_000, default: defaultRedriveLimit });

export const OtherPayload = Type.Optional(
  Type.Unknown({ description: "Sent in the place of the message's own, as today's version of its type" }),
);

/** Long enough for every id there is. */
const PublicId = Type.Object({ id: Type.String({ pattern: '^[A-Za-z0-9._-]{1,128}$' }) });

const QueueName = Type.String({
  minLength: 1,
  maxLength: 200,
  description:
    'A consumer (`payment.charge`), or its queue (`payment.charge.dead`) or topic (`payment.charge-dlq`)',
});

const Operator = Type.Object({
  'x-operator': Type.Optional(Type.String({ description: 'Who is at work, for the audit trail' })),
});

const owned = { service: 'gateway', admin: true } as const;

export const listDeadLetters = {
  ...owned,
  method: 'GET',
  path: '/api/dead-letters',
  summary: 'The messages that were given up and wait for a decision, newest first. Looking changes nothing',
  schema: {
    querystring: Type.Object(
      {
        broker: Type.Optional(BrokerName),
        queue: Type.Optional(QueueName),
        cursor: Cursor,
        limit: Type.Optional(PageSize),
      },
      { additionalProperties: false },
    ),
    response: { 200: DeadLetterList, 400: ProblemDetails, 503: ProblemDetails },
  },
} as const satisfies Route;

export const getDeadLetter = {
  ...owned,
  method: 'GET',
  path: '/api/dead-letters/:id',
  summary: 'Cause, attempts, origin, headers and payload of a dead letter, and what was done to it',
  schema: {
    params: PublicId,
    response: { 200: DeadLetterDetails, 400: ProblemDetails, 404: ProblemDetails, 503: ProblemDetails },
  },
} as const satisfies Route;

export const redriveDeadLetter = {
  ...owned,
  method: 'POST',
  path: '/api/dead-letters/:id/redrive',
  summary: 'Send the message once more to the consumer that gave it up, as it was or with another payload',
  schema: {
    params: PublicId,
    headers: Operator,
    body: Type.Object(
      { payload: OtherPayload, dryRun: Type.Optional(Type.Boolean()) },
      { additionalProperties: false },
    ),
    response: {
      200: RedriveResult,
      400: ProblemDetails,
      404: ProblemDetails,
      413: ProblemDetails,
      415: ProblemDetails,
      422: ProblemDetails,
      503: ProblemDetails,
    },
  },
} as const satisfies Route;

export const redriveDeadLetters = {
  ...owned,
  method: 'POST',
  path: '/api/dead-letters/redrive',
  summary: 'Redrive the dead letters of a consumer, the oldest first',
  schema: {
    headers: Operator,
    body: Type.Object(
      {
        queue: QueueName,
        broker: Type.Optional(BrokerName),
        limit: Type.Optional(RedriveLimit),
        dryRun: Type.Optional(Type.Boolean()),
      },
      { additionalProperties: false },
    ),
    response: {
      200: RedriveManyResult,
      400: ProblemDetails,
      413: ProblemDetails,
      415: ProblemDetails,
      503: ProblemDetails,
    },
  },
} as const satisfies Route;

export const discardDeadLetter = {
  ...owned,
  method: 'DELETE',
  path: '/api/dead-letters/:id',
  summary: 'Take a dead letter off the list for good',
  schema: {
    params: PublicId,
    headers: Operator,
    response: {
      200: DiscardResult,
      400: ProblemDetails,
      404: ProblemDetails,
      503: ProblemDetails,
    },
  },
} as const satisfies Route;
