import { linkNames, type ServiceName, serviceNames } from '@conveyor/local/stack';
import type { Random } from '../../scripts/measuring/random.ts';
import { type Action, type BreakableServer, type HoldingService, holding } from './actions.ts';
import type { Limit } from './limits.ts';
import type { Trouble } from './links.ts';

/** How much of it there is. */
export interface Size {
  /** At least so many orders are placed. */
  readonly orders: number;
  /** How often each server is restarted, or blocked. */
  readonly times: number;
  /** How long Elasticsearch is away, RabbitMQ is blocked, and (half a minute at most) a link is cut. */
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
  /** A strike waits until the system has recovered from the one before. */
  readonly oneByOne?: boolean;
  /** What it needs besides one process of each service: breakable links, or a second one of each. */
  readonly ground?: 'links' | 'pairs';
  /**
   * When the system has recovered from a strike: who was struck answers, or all does if that was no process of a service; or, with
   * consumers back at all queues and groups, an order has ended that was placed on each broker afterwards.
   */
  readonly recovered: 'answers' | 'consumes';
  /** Clients, where the usual number would not do. */
  readonly clients?: number;
  /** Clients ask to be answered when their order has ended, after so many seconds at most. */
  readonly wait?: number;
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

/** Milliseconds, the shortest and the longest. */
type Pause = readonly [from: number, to: number];

interface Victim {
  readonly service: ServiceName;
  readonly instance: number;
}

/** One after the other, for as long as the load goes on; each of them once before any comes again. */
function* kills(random: Random, victims: readonly Victim[], [from, to]: Pause): Generator<Strike> {
  for (;;) {
    for (const victim of shuffled(random, victims))
      yield { waitMs: between(random, from, to), action: { do: 'kill', ...victim } };
  }
}

const instance = (n: number) => serviceNames.map((service): Victim => ({ service, instance: n }));

/** How long a link is in trouble. */
const lasts: Readonly<Record<Trouble, (size: Size) => number>> = {
  cut: ({ awayMs }) => Math.min(awayMs, 30_000),
  slow: () => 10_000,
  resets: () => 5_000,
};

/** All of it to every link. */
function disturbances(random: Random, size: Size): readonly Strike[] {
  const all = linkNames.flatMap((link) =>
    (Object.keys(lasts) as Trouble[]).map(
      (trouble): Action => ({ do: 'disturb', link, trouble, forMs: lasts[trouble](size) }),
    ),
  );
  return shuffled(random, all).map((action) => ({ waitMs: between(random, 1_000, 3_000), action }));
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
    strikes: (random) => kills(random, instance(0), [3_000, 8_000]),
    endsWithLoad: true,
    recovered: 'answers',
    limits: [
      { figure: 'givenUp', atMost: 0 },
      { figure: 'finalSeconds', atMost: 60 },
    ],
  },
  {
    name: 'brokers',
    what: 'RabbitMQ and Kafka are killed (SIGKILL) in turn and started again',
    strikes: (random, size) => restarts(random, ['rabbitmq', 'kafka'], 'SIGKILL', size),
    oneByOne: true,
    recovered: 'consumes',
    limits: [
      { figure: 'givenUp', atMost: 0 },
      { figure: 'recoverySeconds', atMost: 15 },
      { figure: 'quietSeconds', atMost: 60 },
    ],
  },
  {
    name: 'postgres',
    what: 'PostgreSQL is stopped in the mode `immediate` (SIGQUIT) and started again',
    strikes: (random, size) => restarts(random, ['postgres'], 'SIGQUIT', size),
    oneByOne: true,
    recovered: 'answers',
    limits: [
      { figure: 'givenUp', atMost: 0 },
      { figure: 'recoverySeconds', atMost: 10 },
    ],
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
    limits: [{ figure: 'givenUp', atMost: 0 }],
  },
  {
    name: 'sigterm',
    what: 'Each service is asked to stop (SIGTERM), one after the other, in random order, while clients wait for the ends of their orders',
    strikes: (random) =>
      shuffled(random, serviceNames).map((service) => ({
        waitMs: between(random, 3_000, 8_000),
        action: { do: 'terminate', service },
      })),
    recovered: 'answers',
    limits: [
      { figure: 'givenUp', atMost: 0 },
      { figure: 'underWay', atLeast: 1 },
      { figure: 'cutInFlight', atMost: 0 },
      { figure: 'exitSeconds', atMost: 10 },
    ],
    wait: 5,
    // So many that some are under way whenever a process is asked to stop.
    clients: 12,
    // A question to the only inventory waits for its next start.
    env: { QUOTE_TIMEOUT_MS: '15000' },
  },
  {
    name: 'links',
    what: 'Each link of the services, to PostgreSQL, RabbitMQ, Kafka, Elasticsearch, the provider and the mail server, is cut, slow by 2 s, and reset at every answer, by Toxiproxy, in random order',
    strikes: disturbances,
    oneByOne: true,
    ground: 'links',
    recovered: 'consumes',
    limits: [
      { figure: 'recoverySeconds', atMost: 30 },
      { figure: 'breakerOpened', atLeast: 1 },
    ],
  },
  {
    name: 'blocked',
    what: 'RabbitMQ is told that it has less memory than it needs, and blocks all who publish; later it has enough again',
    strikes: (random, { times, awayMs }) =>
      Array.from({ length: times }, () => ({
        waitMs: between(random, 6_000, 10_000),
        action: { do: 'block', forMs: awayMs },
      })),
    oneByOne: true,
    // Only what is under way fills the outboxes then: no new order on RabbitMQ is accepted.
    clients: 20,
    recovered: 'answers',
    limits: [
      { figure: 'givenUp', atMost: 0 },
      { figure: 'acceptedMeanwhile', atLeast: 1 },
      { figure: 'outboxPeak', atLeast: 10 },
      { figure: 'grownMiB', atMost: 200 },
      { figure: 'quietSeconds', atMost: 60 },
    ],
  },
  {
    name: 'instances',
    what: 'There are two processes of each service; a random one of all of them is killed (SIGKILL) every 10 to 20 s, and clients ask both gateways in turn',
    strikes: (random) => kills(random, [...instance(0), ...instance(1)], [10_000, 20_000]),
    endsWithLoad: true,
    ground: 'pairs',
    recovered: 'answers',
    limits: [
      { figure: 'givenUp', atMost: 0 },
      { figure: 'finalSeconds', atMost: 60 },
      { figure: 'leastShare', atLeast: 0.1 },
    ],
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
