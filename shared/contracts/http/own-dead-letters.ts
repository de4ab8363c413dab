import { Type } from 'typebox';
import { BrokerName } from '../vocabulary.ts';
import {
  DeadLetterDetails,
  DeadLetterList,
  DiscardResult,
  RedriveManyResult,
  RedriveResult,
} from './dead-letter-view.ts';
import { Cursor, OtherPayload, PageSize, RedriveLimit } from './dead-letters.ts';
import { ProblemDetails } from './problem-details.ts';

const OwnId = Type.Object({ id: Type.String({ format: 'uuid' }) });
const Who = Type.String({ minLength: 1 });

/** Inside the system only, never at the gateway: the dead letters of one service, by their UUIDs. */
export const ownDeadLetters = {
  list: {
    path: '/internal/dead-letters',
    schema: {
      querystring: Type.Object({
        broker: Type.Optional(BrokerName),
        consumer: Type.Optional(Type.String()),
        cursor: Cursor,
        limit: PageSize,
      }),
      response: { 200: DeadLetterList },
    },
  },
  find: {
    path: '/internal/dead-letters/:id',
    schema: { params: OwnId, response: { 200: DeadLetterDetails, 404: ProblemDetails } },
  },
  redrive: {
    path: '/internal/dead-letters/:id/redrive',
    schema: {
      params: OwnId,
      body: Type.Object({ payload: OtherPayload, dryRun: Type.Boolean(), who: Who }),
      response: { 200: RedriveResult, 404: ProblemDetails, 422: ProblemDetails },
    },
  },
  redriveMany: {
    path: '/internal/dead-letters/redrive',
    schema: {
      body: Type.Object({
        consumer: Type.String(),
        broker: Type.Optional(BrokerName),
        limit: RedriveLimit,
        dryRun: Type.Boolean(),
        who: Who,
      }),
      response: { 200: RedriveManyResult },
    },
  },
  discard: {
    path: '/internal/dead-letters/:id',
    schema: {
      params: OwnId,
      querystring: Type.Object({ who: Who }),
      response: { 200: DiscardResult, 404: ProblemDetails },
    },
  },
} as const;
