import { setTimeout as sleep } from 'node:timers/promises';
import { randomFrom } from '../../scripts/measuring/random.ts';
import { type Action, nameOf } from './actions.ts';
import type { Fault, Size } from './faults.ts';
import { type Findings, isClean } from './findings.ts';
import { always, brokenLimits, type Figures, type Limit } from './limits.ts';
import {
  type Exchange,
  type Load,
  mixedRequests,
  type Outcome,
  type PlacedOrder,
  startLoad,
} from './load.ts';
import { watchMemory } from './memory.ts';
import { watchShares } from './shares.ts';
import { type Seen, strike } from './strike.ts';
import { accept, answersWhole, isReady, look, type World, waitingMessages } from './world.ts';

/** A strike as it went; seconds since the load began. */
export interface Struck extends Seen {
  readonly name: string;
  readonly at: number;
  /** When its cause was gone: the server is up again, the link is mended, the process is dead. */
  readonly over: number;
  /** From then until the system had recovered; undefined if it has not, before the end of the load. */
  recovery: number | undefined;
}

/** What came of one row of the table. */
export interface Result {
  readonly fault: string;
  readonly seed: number;
  readonly size: Size & { readonly atOnce: number };
  readonly figures: Figures;
  readonly findings: Findings;
  readonly broken: readonly Limit[];
  readonly strikes: readonly Struck[];
  /** How many orders ended in each `every` seconds of the load. */
  readonly throughput: { readonly every: number; readonly ended: readonly number[] };
}

export interface RunOptions {
  readonly world: World;
  readonly fault: Fault;
  readonly seed: number;
  readonly size: Size;
  /** Clients, each with one order under way. */
  readonly atOnce: number;
  readonly say: (line: string) => void;
}

/** How long it is waited for what ought to hold once all is quiet. */
const settlesWithinMs = 120_000;
const recoversWithinMs = 120_000;

/** Places orders, breaks what the schedule says, and holds the end against what was promised. */
export async function tryFault({ world, fault, seed, size, atOnce, say }: RunOptions): Promise<Result> {
  const begin = performance.now();
  const seconds = () => (performance.now() - begin) / 1_000;
  const request = mixedRequests(world.scarce);
  const name = `${fault.name}-${seed}`;
  const { wait } = fault;
  const load = startLoad({ client: world.client, orders: size.orders, atOnce, name, request, wait });
  const memory = watchMemory(world.instances);
  const work = fault.ground === 'pairs' ? watchShares(world.instances) : undefined;

  const { strikes, recoveries } = await strikeAll({
    world,
    fault,
    seed,
    size,
    load,
    begin,
    seconds,
    say,
  }).catch((error: unknown) => {
    load.giveUp();
    throw error;
  });
  load.enough();
  await load.over;
  await Promise.all(recoveries);
  accept(world, load.orders);
  const lastStruck = strikes.at(-1)?.over ?? 0;
  const lastAccepted = Math.max(0, ...load.orders.map(({ acceptedAt }) => (acceptedAt - begin) / 1_000));
  const ending = await settle(world, load, Math.max(lastStruck, lastAccepted), seconds);
  await Promise.all([memory.stop(), work?.stop()]);
  const { grownMiB } = memory;
  const shares = work?.shares ?? new Map<string, number>();
  say(`grown by MiB: ${byService(grownMiB, 0)}`);
  if (work) say(`handled by the idler one: ${byService(shares, 2)}`);
  const figures = {
    ...figuresOf(load, strikes, ending, begin),
    grownMiB: Math.max(...grownMiB.values()),
    leastShare: work ? Math.min(...shares.values()) : 0,
  };
  return {
    fault: fault.name,
    seed,
    size: { ...size, atOnce },
    figures,
    findings: ending.findings,
    broken: brokenLimits([...always, ...fault.limits], figures),
    strikes,
    throughput: throughputOf(load.orders, begin),
  };
}

function byService(numbers: ReadonlyMap<string, number>, digits: number): string {
  return [...numbers].map(([service, number]) => `${service} ${number.toFixed(digits)}`).join(', ');
}

interface Striking extends Pick<RunOptions, 'world' | 'fault' | 'seed' | 'size' | 'say'> {
  readonly load: Load;
  /** When the load began, by the clock of `performance`. */
  readonly begin: number;
  readonly seconds: () => number;
}

/** Goes through the schedule until it ends, or the load does. */
async function strikeAll({ world, fault, seed, size, load, begin, seconds, say }: Striking) {
  const strikes: Struck[] = [];
  const recoveries: Promise<void>[] = [];
  for (const { waitMs, action } of fault.strikes(randomFrom(seed), size)) {
    await sleep(waitMs);
    if (fault.endsWithLoad && load.placed >= size.orders) break;
    const at = seconds();
    const seen = await strike(world, action);
    const struck: Struck = { name: nameOf(action), at, over: seconds(), recovery: undefined, ...seen };
    strikes.push(struck);
    say(`${at.toFixed(0)} s: ${struck.name}, ${load.placed} orders accepted`);
    const recovery = recover({ world, fault, action, struck, load, begin, seconds });
    recoveries.push(recovery);
    if (fault.oneByOne) await recovery;
  }
  return { strikes, recoveries };
}

interface Recovering extends Pick<Striking, 'world' | 'fault' | 'load' | 'begin' | 'seconds'> {
  readonly action: Action;
  readonly struck: Struck;
}

const brokers = ['rabbitmq', 'kafka'] as const;

async function recover({ world, fault, action, struck, load, begin, seconds }: Recovering): Promise<void> {
  const until = seconds() + recoversWithinMs / 1_000;
  // A group that Kafka has read from its log has its old members at first, whether they live or not: only work that is done tells.
  const worksAgain = () =>
    brokers.every((broker) =>
      load.orders.some(
        (order) =>
          order.broker === broker &&
          order.endedAt !== undefined &&
          order.acceptedAt > begin + struck.over * 1_000,
      ),
    );
  while (seconds() < until) {
    const isBack = fault.recovered === 'answers' || (worksAgain() && (await consumes(world)));
    if (isBack && (await answers(world, action))) {
      struck.recovery = seconds() - struck.over;
      return;
    }
    await sleep(250);
  }
}

/** A process that was struck answers for itself: the others may be away for another reason. */
function answers(world: World, action: Action): Promise<boolean> {
  if (!('service' in action)) return answersWhole(world);
  const victim = world.instances[action.service]['instance' in action ? action.instance : 0];
  return victim ? isReady(victim) : Promise.resolve(false);
}

async function consumes({ consumers }: World): Promise<boolean> {
  return consumers.missing().then(
    (missing) => missing.length === 0,
    () => false,
  );
}

interface Ending {
  readonly findings: Findings;
  readonly finalSeconds: number | undefined;
  readonly quietSeconds: number | undefined;
}

/** Waits until nothing is wrong and nothing waits; what is wrong after two minutes stays wrong. */
async function settle(world: World, load: Load, since: number, seconds: () => number): Promise<Ending> {
  const isComplete = givenUp(load) === 0;
  let finalSeconds: number | undefined;
  let quietSeconds: number | undefined;
  const until = seconds() + settlesWithinMs / 1_000;
  for (;;) {
    const waiting = await waitingMessages(world).catch(() => undefined);
    // What cannot be measured is not quiet, and what was may not have been yet.
    quietSeconds = waiting === 0 ? (quietSeconds ?? seconds() - since) : undefined;
    const findings = await look(world, load.exchanges, isComplete).catch(unseen);
    if (findings.lost.length === 0) finalSeconds ??= seconds() - since;
    if ((isClean(findings) && quietSeconds !== undefined) || seconds() > until)
      return { findings, finalSeconds, quietSeconds };
    await sleep(500);
  }
}

/** A store that cannot be read may have lost anything. */
function unseen(error: unknown): Findings {
  return { lost: [`unseen ${String(error)}`], doubled: [], differing: [], givenUp: [] };
}

function givenUp({ exchanges, orders }: Load): number {
  const asked = new Set(exchanges.filter(({ what }) => what === 'place').map(({ n }) => n));
  return asked.size - orders.length;
}

function figuresOf(
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
    refused: givenUp(load),
    givenUp: findings.givenUp.length,
    underWay: underWay(load, strikes, begin).length,
    cutInFlight: underWay(load, strikes, begin).filter(({ outcome }) => isBad(outcome)).length,
    exitSeconds: Math.max(0, ...strikes.map(({ exitSeconds = 0 }) => exitSeconds)),
    breakerOpened: strikes.filter(({ breakerOpened }) => breakerOpened).length,
    acceptedMeanwhile: acceptedMeanwhile(load, strikes, begin),
    outboxPeak: Math.max(0, ...strikes.map(({ outbox = 0 }) => outbox)),
  };
}

function slowest(times: readonly (number | undefined)[]): number | undefined {
  return times.reduce(
    (most, each) => (most === undefined || each === undefined ? undefined : Math.max(most, each)),
    0,
  );
}

/** Long enough that a request has surely reached the service that is asked to stop a moment later. */
const underWayMs = 100;

/** Requests that were under way when a process was asked to stop. */
function underWay({ exchanges }: Load, strikes: readonly Struck[], begin: number): readonly Exchange[] {
  return exchanges.filter(({ at, tookMs }) =>
    strikes.some((struck) => {
      const asked = begin + struck.at * 1_000;
      return at + underWayMs < asked && at + tookMs > asked;
    }),
  );
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

function throughputOf(orders: readonly PlacedOrder[], begin: number): Result['throughput'] {
  const ended: number[] = [];
  for (const { endedAt } of orders) {
    if (endedAt === undefined) continue;
    const slot = Math.floor((endedAt - begin) / 1_000 / everySeconds);
    while (ended.length <= slot) ended.push(0);
    ended[slot] = (ended[slot] ?? 0) + 1;
  }
  return { every: everySeconds, ended };
}
