/** What a run is judged by. Undefined: it did not come to that. */
export interface Figures {
  /** Accepted: answered by a 2xx. */
  readonly orders: number;
  readonly completed: number;
  readonly cancelled: number;
  /** Orders that came to an end, for each second of the load. */
  readonly perSecond: number;
  readonly strikes: number;
  /** From the end of a strike until the system had recovered; the slowest. */
  readonly recoverySeconds: number | undefined;
  /** From the last strike, or the last accepted order if that came later, until every order was final, and its customer told. */
  readonly finalSeconds: number | undefined;
  /** Likewise until nothing waited in any outbox, queue or group. */
  readonly quietSeconds: number | undefined;
  /** How many accepted orders, charges, streams or sagas are missing or have not come to their end. */
  readonly lost: number;
  /** How many orders were placed, ended or charged more than once, or charged at all when they should not be. */
  readonly doubled: number;
  /** How many products do not add up, and documents of the read side differ from the events. */
  readonly differing: number;
  /** Requests that the client gave up: no answer within its time limit. */
  readonly unanswered: number;
  /** The slowest of all answers. */
  readonly slowestAnswer: number;
  /** Orders that no client could place within its patience. */
  readonly refused: number;
  /** Messages that became dead letters, of all services. */
  readonly givenUp: number;
  /** Requests that were under way when the gateway, or the order service, was asked to stop: the fewer. */
  readonly underWay: number;
  /** Requests that failed, of those that were under way when any process was asked to stop. */
  readonly cutInFlight: number;
  /** How long a process took to stop that was asked to; the slowest. */
  readonly exitSeconds: number;
  /** How often the breaker before the payment provider was seen open. */
  readonly breakerOpened: number;
  /** Orders that were placed and accepted while something was seen to be blocked. */
  readonly acceptedMeanwhile: number;
  /** How many messages waited in outboxes at the end of a strike; the most. */
  readonly outboxPeak: number;
  /** By how many MiB a process of a service has grown under this load; the most. */
  readonly grownMiB: number;
  /** Of two instances of a service: the part of its messages of one broker that the idler one has handled; the least, of all services and both brokers. */
  readonly leastShare: number;
}

export interface Limit {
  readonly figure: keyof Figures;
  readonly atMost?: number;
  readonly atLeast?: number;
}

/** Whatever is broken: that something was, that the system came back, and that all was done in the end. */
const always: readonly Limit[] = [
  { figure: 'strikes', atLeast: 1 },
  { figure: 'recoverySeconds', atMost: 120 },
  { figure: 'quietSeconds', atMost: 120 },
  { figure: 'lost', atMost: 0 },
  { figure: 'doubled', atMost: 0 },
  { figure: 'differing', atMost: 0 },
  { figure: 'unanswered', atMost: 0 },
  { figure: 'refused', atMost: 0 },
];

/** All that a fault is judged by. Where it has a limit of its own for a figure, that one counts. */
export function limitsOf({ limits }: { readonly limits: readonly Limit[] }): readonly Limit[] {
  const own = new Set(limits.map(({ figure }) => figure));
  return [...always.filter(({ figure }) => !own.has(figure)), ...limits];
}

/** The limits that were not kept. What it did not come to keeps none. */
export function brokenLimits(limits: readonly Limit[], figures: Figures): readonly Limit[] {
  return limits.filter(
    ({ figure, atMost = Number.POSITIVE_INFINITY, atLeast = Number.NEGATIVE_INFINITY }) => {
      const value = figures[figure];
      return value === undefined || value > atMost || value < atLeast;
    },
  );
}
