import { type Static, Type } from 'typebox';
import { ProblemDetails } from './problem-details.ts';
import type { Route } from './route.ts';

const consumer = Type.String({ minLength: 1, description: 'For example `inventory.events`' });
const paused = Type.Boolean({
  description: 'True: it takes no new messages on either broker; what it has in hand is finished',
});

export const ConsumerState = Type.Object({ consumer, paused });
export type ConsumerState = Static<typeof ConsumerState>;

const OwnedConsumerState = Type.Object({
  consumer,
  service: Type.String({ description: 'Whose consumer it is' }),
  paused,
});
export type OwnedConsumerState = Static<typeof OwnedConsumerState>;

export const listConsumers = {
  method: 'GET',
  path: '/api/consumers',
  service: 'gateway',
  summary: 'Every consumer of the system, and whether it is paused',
  schema: {
    response: { 200: Type.Object({ consumers: Type.Array(OwnedConsumerState) }), 503: ProblemDetails },
  },
} as const satisfies Route;

const Change = Type.Object({ paused }, { additionalProperties: false });

export const changeConsumer = {
  method: 'PUT',
  path: '/api/consumers/:consumer',
  service: 'gateway',
  admin: true,
  summary: 'Pause a consumer on both brokers, or let it go on. A restart of its service lets it go on, too',
  schema: {
    params: Type.Object({ consumer }),
    body: Change,
    response: { 200: ConsumerState, 400: ProblemDetails, 404: ProblemDetails, 503: ProblemDetails },
  },
} as const satisfies Route;

/** Inside the system only, never at the gateway: the consumers of one service. */
export const ownConsumers = {
  list: {
    path: '/internal/consumers',
    schema: { response: { 200: Type.Object({ consumers: Type.Array(ConsumerState) }) } },
  },
  change: {
    path: '/internal/consumers/:consumer',
    schema: {
      params: Type.Object({ consumer }),
      body: Change,
      response: { 200: ConsumerState, 404: ProblemDetails },
    },
  },
} as const;
