import { type ServiceName, serviceNames } from '@conveyor/local/stack';
import type { Random } from '../../scripts/measuring/random.ts';
import { type Action, type BreakableServer, type HoldingService, holding } from './actions.ts';
import type { Limit } from './limits.ts';

/** How much of it there is. */
export interface Size {
  /** At least so many orders are placed. */
  readonly orders: number;
  /** How often each server is restarted. */
  readonly times: number;
  /** How long Elasticsearch is away. */
  readonly awayMs: number;
}

/** An action, and how long after the end of the one before it comes. */
export interface Strike {
  readonly waitMs: number;
  readonly action: Action;
}

/** One row of the table: what is done to the system, and what must hold all the same. */
export interface Fault {
  readonly name: string;
  readonly what: string;
  /** Drawn from `random` alone. */
  readonly strikes: (random: Random, size: Size) => Iterable<Strike>;
  /** The strikes go on for ever, until the orders are placed. Otherwise orders are placed until the last strike. */
  readonly endsWithLoad?: boolean;
  /** When the system has recovered from a strike: all of it answers; or its consumers are back at their work, too. */
  readonly recovered: 'answers' | 'consumes';
  /** Besides those that hold whatever is broken. */
  readonly limits: readonly Limit[];
  /** Settings of the services. */
  readonly env?: Readonly<Record<string, string>>;
}

const between = (random: Random, from: number, to: number) => Math.round(from + random() * (to - from));

function shuffled<Item>(random: Random, items: readonly Item[]): readonly Item[] {
  return items
    .map((item) => ({ item, place: random() }))
    .toSorted((a, b) => a.place - b.place)
    .map(({ item }) => item);
}

/** One after the other, for as long as the load goes on; each service once before any comes again. */
function* kills(random: Random): Generator<Strike> {
  for (;;) {
    for (const service of shuffled<ServiceName>(random, serviceNames))
      yield { waitMs: between(random, 3_000, 8_000), action: { do: 'kill', service } };
  }
}

function restarts(
  random: Random,
  servers: readonly BreakableServer[],
  signal: NodeJS.Signals,
  { times }: Size,
): readonly Strike[] {
  return Array.from({ length: times }, () => servers)
    .flat()
    .map((server) => ({
      waitMs: between(random, 3_000, 8_000),
      action: { do: 'restart', server, signal, awayMs: between(random, 0, 3_000) },
    }));
}

export const faults: readonly Fault[] = [
  {
    name: 'services',
    what: 'A random service is killed (SIGKILL) every 3 to 8 s',
    strikes: kills,
    endsWithLoad: true,
    recovered: 'answers',
    limits: [{ figure: 'finalSeconds', atMost: 60 }],
  },
  {
    name: 'brokers',
    what: 'RabbitMQ and Kafka are killed (SIGKILL) in turn and started again',
    strikes: (random, size) => restarts(random, ['rabbitmq', 'kafka'], 'SIGKILL', size),
    recovered: 'consumes',
    limits: [
      { figure: 'recoverySeconds', atMost: 15 },
      { figure: 'quietSeconds', atMost: 60 },
    ],
  },
  {
    name: 'postgres',
    what: 'PostgreSQL is stopped in the mode `immediate` (SIGQUIT) and started again',
    strikes: (random, size) => restarts(random, ['postgres'], 'SIGQUIT', size),
    recovered: 'answers',
    limits: [{ figure: 'recoverySeconds', atMost: 10 }],
  },
  {
    name: 'elasticsearch',
    what: 'Elasticsearch is killed (SIGKILL) and stays away; later its index is deleted',
    strikes: (random, { awayMs }) => [
      {
        waitMs: between(random, 3_000, 8_000),
        action: { do: 'restart', server: 'elasticsearch', signal: 'SIGKILL', awayMs },
      },
      { waitMs: between(random, 3_000, 8_000), action: { do: 'delete-index' } },
    ],
    recovered: 'answers',
    limits: [{ figure: 'refused', atMost: 0 }],
  },
  {
    name: 'sigterm',
    what: 'Each service is asked to stop (SIGTERM), one after the other, in random order',
    strikes: (random) =>
      shuffled(random, serviceNames).map((service) => ({
        waitMs: between(random, 3_000, 8_000),
        action: { do: 'terminate', service },
      })),
    recovered: 'answers',
    limits: [
      { figure: 'cutInFlight', atMost: 0 },
      { figure: 'exitSeconds', atMost: 10 },
    ],
    // A question to the only inventory waits for its next start.
    env: { QUOTE_TIMEOUT_MS: '15000' },
  },
];

/** What `npm test` has time for: all services that take orders' messages are killed with some in their hands, and PostgreSQL. */
export const smallChaos: Fault = {
  name: 'small',
  what: 'Each service that takes messages of orders is killed with messages of both brokers in its hands; then PostgreSQL',
  strikes: (random, size) => [
    ...shuffled(random, Object.keys(holding) as HoldingService[]).map(
      (service): Strike => ({
        waitMs: between(random, 500, 2_000),
        action: { do: 'kill-with-messages', service },
      }),
    ),
    ...restarts(random, ['postgres'], 'SIGQUIT', size),
  ],
  recovered: 'answers',
  limits: [],
};
