import { type Static, Type } from 'typebox';
import { Amount, Currency, OrderId } from '../vocabulary.ts';
import { ProblemDetails } from './problem-details.ts';
import type { Route } from './route.ts';

/** One movement of money as the simulated provider recorded it. */
export const LedgerEntry = Type.Object({
  id: Type.String(),
  orderId: OrderId,
  kind: Type.Enum(['charge', 'refund']),
  amount: Amount,
  currency: Currency,
  at: Type.String({ format: 'date-time' }),
});
export type LedgerEntry = Static<typeof LedgerEntry>;

export const getLedger = {
  method: 'GET',
  path: '/api/ledger',
  service: 'sandbox',
  admin: true,
  summary:
    "The payment provider's own record: the judge of every double charge. Without `orderId` the newest 50,000 entries",
  schema: {
    querystring: Type.Object({ orderId: Type.Optional(OrderId) }, { additionalProperties: false }),
    response: { 200: Type.Object({ entries: Type.Array(LedgerEntry) }), 400: ProblemDetails },
  },
} as const satisfies Route;

/** `rate` is the share of calls that the fault hits, 0 to 1 (default 1). */
export const Fault = Type.Object(
  {
    mode: Type.Enum(['ok', 'decline', 'timeout', 'error']),
    rate: Type.Optional(Type.Number({ minimum: 0, maximum: 1 })),
  },
  { additionalProperties: false },
);
export type Fault = Static<typeof Fault>;

/** Those of a service that does not answer just now are missing. */
export const Faults = Type.Object({
  payment: Type.Optional(Fault),
  notification: Type.Optional(Fault),
  inventory: Type.Optional(Fault),
});
export type Faults = Static<typeof Faults>;

export const FaultsChange = Type.Object(
  {
    payment: Type.Optional(Fault),
    notification: Type.Optional(Fault),
    inventory: Type.Optional(Fault),
  },
  { additionalProperties: false },
);
export type FaultsChange = Static<typeof FaultsChange>;

export const getFaults = {
  method: 'GET',
  path: '/api/faults',
  service: 'gateway',
  admin: true,
  summary: 'The faults that are switched on',
  schema: { response: { 200: Faults, 503: ProblemDetails } },
} as const satisfies Route;

export const putFaults = {
  method: 'PUT',
  path: '/api/faults',
  service: 'gateway',
  admin: true,
  summary: 'Switch faults on and off; what is not named stays; a restart clears them',
  schema: { body: FaultsChange, response: { 200: Faults, 400: ProblemDetails, 503: ProblemDetails } },
} as const satisfies Route;

const PartHealth = Type.Object({
  status: Type.Enum(['up', 'down']),
  detail: Type.Optional(Type.String()),
});

/** An open breaker lets no call through; a half-open one lets single calls through, to see whether they work. */
export const BreakerState = Type.Enum(['closed', 'open', 'half-open']);
export type BreakerState = Static<typeof BreakerState>;

const BrokerLag = Type.Object({
  waiting: Type.Integer({
    minimum: 0,
    maximum: 10_000,
    description: 'Messages still to be sent; 10,000 stands for that many or more',
  }),
  oldestMs: Type.Integer({
    minimum: 0,
    description: 'How long the oldest of them has waited; 0 when none waits',
  }),
  parked: Type.Integer({
    minimum: 0,
    maximum: 10_000,
    description: 'Messages that no queue would take: a person must look; 10,000 stands for that many or more',
  }),
});

/** What waits in the outbox of a service, by broker. While a broker is away it grows; once it is back all of it leaves, in order. */
const OutboxHealth = Type.Object({ rabbitmq: BrokerLag, kafka: BrokerLag });

/**
 * What a service answers on `/ready`: one entry per broker and store that it needs. Neither an open breaker nor what
 * waits is a fault of the service, so they do not make it `down`. `outbox` is missing from a service that sends nothing, and
 * from one that cannot reach its database.
 */
export const Readiness = Type.Object({
  status: Type.Enum(['up', 'down']),
  checks: Type.Record(Type.String(), PartHealth),
  breakers: Type.Record(Type.String(), BreakerState),
  outbox: Type.Optional(OutboxHealth),
});
export type Readiness = Static<typeof Readiness>;

export const Health = Type.Object({
  status: Type.Enum(['up', 'down']),
  services: Type.Record(
    Type.String(),
    Type.Object({
      status: Type.Enum(['up', 'down']),
      checks: Type.Optional(Type.Record(Type.String(), PartHealth)),
      breakers: Type.Optional(Type.Record(Type.String(), BreakerState)),
      outbox: Type.Optional(OutboxHealth),
    }),
  ),
});
export type Health = Static<typeof Health>;

export const getHealth = {
  method: 'GET',
  path: '/api/health',
  service: 'gateway',
  summary: 'Readiness: 200 only when every service, broker and store answers',
  schema: { response: { 200: Health, 503: Health } },
} as const satisfies Route;
