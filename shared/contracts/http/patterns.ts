import { type Static, Type } from 'typebox';
import { BrokerName } from '../vocabulary.ts';
import { ProblemDetails } from './problem-details.ts';
import type { Route } from './route.ts';

const number = Type.String({ description: 'For example `06` or `09a`' });
const name = Type.String({ description: 'For example `dead-letter-queue`' });
const title = Type.String({ description: 'In words, without its number' });

const PatternSummary = Type.Object({
  number,
  name,
  title,
  summary: Type.String({ description: 'The problem that it solves, in Markdown' }),
});
export type PatternSummary = Static<typeof PatternSummary>;

const PatternDetails = Type.Object({
  number,
  name,
  title,
  readme: Type.String({ description: 'The whole chapter, in Markdown' }),
});
export type PatternDetails = Static<typeof PatternDetails>;

export const listPatterns = {
  method: 'GET',
  path: '/api/patterns',
  service: 'gateway',
  summary: 'The chapters, in their order',
  schema: { response: { 200: Type.Object({ patterns: Type.Array(PatternSummary) }) } },
} as const satisfies Route;

const NamedPattern = Type.Object({ name: Type.String({ minLength: 1 }) });

export const getPattern = {
  method: 'GET',
  path: '/api/patterns/:name',
  service: 'gateway',
  summary: 'One chapter',
  schema: { params: NamedPattern, response: { 200: PatternDetails, 404: ProblemDetails } },
} as const satisfies Route;

export const playPattern = {
  method: 'POST',
  path: '/api/patterns/:name/demo',
  service: 'gateway',
  admin: true,
  streams: true,
  summary:
    'Show a pattern at work on the running brokers, as `npm run pattern` does; what it prints is sent as Server-Sent ' +
    'Events. One at a time; it ends when the client goes away',
  schema: {
    params: NamedPattern,
    body: Type.Object({ broker: BrokerName }, { additionalProperties: false }),
    response: {
      200: Type.Object({
        data: Type.String({
          description: '`{"line": string}` as JSON, the last one `{"exitCode": integer}`',
        }),
      }),
      400: ProblemDetails,
      404: ProblemDetails,
      409: ProblemDetails,
      503: ProblemDetails,
    },
  },
} as const satisfies Route;
