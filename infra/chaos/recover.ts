import { setTimeout as sleep } from 'node:timers/promises';
import { brokers } from '@conveyor/e2e/combinations';
import type { Action } from './actions.ts';
import type { Fault } from './faults.ts';
import type { Struck } from './figures.ts';
import { isReady } from './ground.ts';
import type { Load } from './load.ts';
import { answersWhole, type World } from './world.ts';

const withinMs = 120_000;

export interface Recovering {
  readonly world: World;
  readonly fault: Fault;
  readonly load: Load;
  /** When the load began, by the clock of `performance`. */
  readonly begin: number;
  /** Since then. */
  readonly seconds: () => number;
  readonly action: Action;
  readonly struck: Struck;
}

/** Watches until the system has recovered from a strike as the fault asks for, and notes how long that took; for two minutes at most. */
export async function recover({
  world,
  fault,
  action,
  struck,
  load,
  begin,
  seconds,
}: Recovering): Promise<void> {
  const until = seconds() + withinMs / 1_000;
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
