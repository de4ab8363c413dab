import type { Findings } from './findings.ts';
import type { Figures } from './limits.ts';
import type { Exchange, Load, Outcome, PlacedOrder } from './load.ts';
import type { Seen } from './strike.ts';

/** A strike as it went; seconds since the load began. */
export interface Struck extends Seen {
  readonly name: string;
  readonly at: number;
  /** When its cause was gone: the server is up again, the link is mended, the process is dead. */
  readonly over: number;
  /** From then until the system had recovered; undefined if it has not, before the end of the load. */
  recovery: number | undefined;
}

export interface Ending {
  readonly findings: Findings;
  readonly finalSeconds: number | undefined;
  readonly quietSeconds: number | undefined;
}

/** Orders that no client could place. */
export function notPlaced({ exchanges, orders }: Load): number {
  const asked = new Set(exchanges.filter(({ what }) => what === 'place').map(({ n }) => n));
  return asked.size - orders.length;
}

/** What a load and its strikes come to, in numbers. `begin`: when the load began, by the clock of `performance`. Pure. */
export function figuresOf(
  load: Load,
  strikes: readonly Struck[],
  ending: Ending,
  begin: number,
): Omit<Figures, 'grownMiB' | 'leastShare'> {
  const { orders, exchanges } = load;
  const count = (status: PlacedOrder['status']) => orders.filter((order) => order.status === status).length;
  const lastEnd = Math.max(begin, ...orders.map(({ endedAt = begin }) => endedAt));
  const { findings, finalSeconds, quietSeconds } = ending;
  return {
    orders: orders.length,
    completed: count('completed'),
    cancelled: count('cancelled'),
    perSecond: (orders.length * 1_000) / (lastEnd - begin),
    strikes: strikes.length,
    recoverySeconds: slowest(strikes.map(({ recovery }) => recovery)),
    finalSeconds,
    quietSeconds,
    lost: findings.lost.length,
    doubled: findings.doubled.length,
    differing: findings.differing.length,
    unanswered: exchanges.filter(({ outcome }) => outcome === 'late').length,
    slowestAnswer: Math.max(0, ...exchanges.map(({ tookMs }) => tookMs)) / 1_000,
    refused: notPlaced(load),
    givenUp: findings.givenUp.length,
    underWay: fewest(
      strikes
        .filter(({ name }) => answeringClients.includes(name))
        .map((struck) => underWay(load, struck, begin).length),
    ),
    cutInFlight: new Set(
      strikes.flatMap((struck) => underWay(load, struck, begin)).filter(({ outcome }) => isBad(outcome)),
    ).size,
    exitSeconds: Math.max(0, ...strikes.map(({ exitSeconds = 0 }) => exitSeconds)),
    breakerOpened: strikes.filter(({ breakerOpened }) => breakerOpened).length,
    acceptedMeanwhile: acceptedMeanwhile(load, strikes, begin),
    outboxPeak: Math.max(0, ...strikes.map(({ outbox = 0 }) => outbox)),
  };
}

/** Undefined where one never came, and where there is none. */
function slowest(times: readonly (number | undefined)[]): number | undefined {
  if (times.length === 0) return undefined;
  return times.reduce((most, each) =>
    most === undefined || each === undefined ? undefined : Math.max(most, each),
  );
}

/** Long enough that a request has surely reached the service that is asked to stop a moment later. */
const underWayMs = 100;

/** Those that hold clients' requests themselves; every request of the load goes through both. */
const answeringClients = ['gateway', 'order'];

/** Requests that were under way when a process was asked to stop. */
function underWay({ exchanges }: Load, struck: Struck, begin: number): readonly Exchange[] {
  const asked = begin + struck.at * 1_000;
  return exchanges.filter(({ at, tookMs }) => at + underWayMs < asked && at + tookMs > asked);
}

function fewest(counts: readonly number[]): number {
  return counts.length === 0 ? 0 : Math.min(...counts);
}

/** No answer, or none of those that the contract knows. */
function isBad(outcome: Outcome): boolean {
  return typeof outcome !== 'number' || outcome >= 500;
}

/** Orders that were placed once a strike was seen to be at work, and accepted before it was over. */
function acceptedMeanwhile({ exchanges }: Load, strikes: readonly Struck[], begin: number): number {
  const spans = strikes.flatMap(({ at, seenAfter, over }) =>
    seenAfter === undefined ? [] : [{ from: begin + (at + seenAfter) * 1_000, to: begin + over * 1_000 }],
  );
  return exchanges.filter(
    ({ what, at, tookMs, orderId }) =>
      what === 'place' &&
      orderId !== undefined &&
      spans.some(({ from, to }) => at > from && at + tookMs < to),
  ).length;
}

const everySeconds = 2;

/** How many orders ended in each `every` seconds of the load. */
export function throughputOf(
  orders: readonly PlacedOrder[],
  begin: number,
): { readonly every: number; readonly ended: readonly number[] } {
  const ended: number[] = [];
  for (const { endedAt } of orders) {
    if (endedAt === undefined) continue;
    const slot = Math.floor((endedAt - begin) / 1_000 / everySeconds);
    while (ended.length <= slot) ended.push(0);
    ended[slot] = (ended[slot] ?? 0) + 1;
  }
  return { every: everySeconds, ended };
}
