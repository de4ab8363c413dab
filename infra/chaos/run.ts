import { setTimeout as sleep } from 'node:timers/promises';
import { randomFrom } from '../../scripts/measuring/random.ts';
import { nameOf } from './actions.ts';
import type { Fault, Size } from './faults.ts';
import { type Ending, figuresOf, notPlaced, type Struck, throughputOf } from './figures.ts';
import { type Findings, isClean } from './findings.ts';
import type { Figures } from './limits.ts';
import { type Load, mixedRequests, startLoad } from './load.ts';
import { watchMemory } from './memory.ts';
import { recover } from './recover.ts';
import { watchShares } from './shares.ts';
import { strike } from './strike.ts';
import { accept, look, type World, waitingMessages } from './world.ts';

/** What came of one row of the table. */
export interface Result {
  readonly fault: string;
  readonly seed: number;
  readonly size: Size & { readonly atOnce: number };
  readonly figures: Figures;
  readonly findings: Findings;
  readonly strikes: readonly Struck[];
  readonly throughput: ReturnType<typeof throughputOf>;
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
/** Longer than any count of messages may be old: a queue counts what is in hand every 5 s, and it takes a second until that is known. */
const confirmedAfterMs = 7_000;

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

  try {
    const { strikes, recoveries } = await strikeAll({ world, fault, seed, size, load, begin, seconds, say });
    load.enough();
    await load.over;
    await Promise.all(recoveries);
    accept(world, load.orders);
    const lastStruck = strikes.at(-1)?.over ?? 0;
    const lastAccepted = Math.max(0, ...load.orders.map(({ acceptedAt }) => (acceptedAt - begin) / 1_000));
    const ending = await settle(world, load, Math.max(lastStruck, lastAccepted), seconds);
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
      strikes,
      throughput: throughputOf(load.orders, begin),
    };
  } finally {
    // Whatever has failed: a clock that goes on keeps the process.
    load.giveUp();
    await Promise.all([memory.stop(), work?.stop()]);
  }
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
    if (load.isOver || (fault.endsWithLoad && load.placed >= size.orders)) break;
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

/**
 * Waits until nothing is wrong and nothing waits, and until that is seen once more, by counts that were all made after the first look:
 * a message may have been where nobody had counted yet. What is wrong after two minutes stays wrong.
 */
async function settle(world: World, load: Load, since: number, seconds: () => number): Promise<Ending> {
  const isComplete = notPlaced(load) === 0;
  let finalSeconds: number | undefined;
  let quietSeconds: number | undefined;
  let wasSettled = false;
  const until = seconds() + settlesWithinMs / 1_000;
  for (;;) {
    const waiting = await waitingMessages(world).catch(() => undefined);
    // What cannot be measured is not quiet, and what was may not have been yet.
    quietSeconds = waiting === 0 ? (quietSeconds ?? seconds() - since) : undefined;
    const findings = await look(world, load, isComplete).catch(unseen);
    finalSeconds = findings.lost.length === 0 ? (finalSeconds ?? seconds() - since) : undefined;
    const isSettled = isClean(findings) && quietSeconds !== undefined;
    if ((isSettled && wasSettled) || seconds() > until) return { findings, finalSeconds, quietSeconds };
    wasSettled = isSettled;
    await sleep(isSettled ? confirmedAfterMs : 500);
  }
}

/** A store that cannot be read may have lost anything. */
function unseen(error: unknown): Findings {
  return { lost: [`unseen ${String(error)}`], doubled: [], differing: [], givenUp: [] };
}
