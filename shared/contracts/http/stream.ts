import { Type } from 'typebox';
import { ProblemDetails } from './problem-details.ts';
import type { Route } from './route.ts';

/** How far somebody has read: the `id` of an event. */
const Place = Type.Optional(Type.String({ pattern: '^[0-9]{1,18}$' }));

export const openStream = {
  method: 'GET',
  path: '/api/stream',
  service: 'gateway',
  streams: true,
  summary:
    'Every entry of the flight recorder as it happens, as Server-Sent Events. `id` is its place: whoever comes back with it in ' +
    '`Last-Event-ID` misses nothing, or in `after`, for a browser that opens it anew. Without both the stream begins now. ' +
    'For a script that asks `with=place` first comes an event `place`: `from`, after which the stream begins, and `last`, the last place that there is. ' +
    'One gateway has 200 streams at most; beyond that, or without its database, it answers 503 with `Retry-After`.',
  schema: {
    headers: Type.Object({ 'last-event-id': Place }),
    querystring: Type.Object({ after: Place, with: Type.Optional(Type.Literal('place')) }),
    response: {
      200: Type.Object({
        id: Type.Optional(Type.String()),
        event: Type.Optional(Type.Literal('place', { description: 'Not with entries' })),
        data: Type.String({ description: 'A JournalEntry as JSON, or a place: `{"from": 7, "last": 9}`' }),
      }),
      400: ProblemDetails,
      503: ProblemDetails,
    },
  },
} as const satisfies Route;
