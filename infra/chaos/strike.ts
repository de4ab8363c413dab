import { setTimeout as sleep } from 'node:timers/promises';
import type { BrokerName } from '@conveyor/contracts';
import { ask, projection } from '@conveyor/e2e/read-side';
import { limitMemory } from '@conveyor/local/rabbitmq';
import type { SupervisedProcess } from '@conveyor/local/stack';
import { eventually } from '@conveyor/testing/eventually';
import { type Action, type HoldingService, holding } from './actions.ts';
import { breakerIsOpen, memoryAlarm, messagesInOutboxes, type World } from './world.ts';

/** What has been seen of a strike besides what the load tells. */
export interface Seen {
  /** How long a process took to end that was asked to. */
  readonly exitSeconds?: number;
  /** How many messages waited in outboxes at the end of it. */
  readonly outbox?: number;
  /** How long it took until it was seen to be at work, in seconds. */
  readonly seenAfter?: number;
  /** Whether the breaker before the payment provider was seen open. */
  readonly breakerOpened?: boolean;
}

const patient = { timeoutMs: 60_000 };

/** From then on RabbitMQ tells what it has counted after the freeze; see `Unacknowledged`. */
const countedAnewMs = 6_500;
const thawedMs = 1_000;

/** Does it, and resolves once its cause is gone: the server is there again, the link is mended, the process was killed. */
export async function strike(world: World, action: Action): Promise<Seen> {
  const { services, servers } = world.system.stack;
  switch (action.do) {
    case 'kill': {
      const victim = world.instances[action.service][action.instance]?.process;
      if (!victim) throw new Error(`there is no instance ${action.instance} of ${action.service}`);
      await untilRunning(victim);
      victim.kill();
      return {};
    }
    case 'kill-with-messages':
      await killWithMessages(world, action.service);
      return {};
    case 'terminate':
      return { exitSeconds: await terminate(services[action.service]) };
    case 'restart':
      await servers[action.server].stop(action.signal);
      await sleep(action.awayMs);
      await servers[action.server].start();
      return {};
    case 'delete-index': {
      const { index } = await projection(world.system);
      await ask(world.system.stack.env.ELASTICSEARCH_URL, 'DELETE', `/${index}`);
      return {};
    }
    case 'disturb':
      return disturb(world, action);
    case 'block':
      return block(world, action.forMs);
    default:
      return action satisfies never;
  }
}

function untilRunning(process: SupervisedProcess): Promise<number> {
  return eventually(() => {
    if (process.pid === undefined) throw new Error(`${process.name} has not come back`);
    return process.pid;
  }, patient);
}

/**
 * Freezes it in the middle of whatever it does, makes sure that it holds messages of both brokers, and kills it. The others
 * may wait for an answer of the frozen one and send it nothing, so it is let go on and frozen again until it holds some. Of Kafka
 * it holds what had come before the freeze and is not committed: what comes later is in nobody's hands. RabbitMQ hands messages to a
 * frozen process, too, and takes them back when it dies.
 */
async function killWithMessages({ system, unacknowledged }: World, service: HoldingService): Promise<void> {
  const victim = system.stack.services[service];
  await untilRunning(victim);
  const consumers = holding[service];
  const holdsOn = async (broker: BrokerName, counts: readonly Promise<number>[]) => {
    if ((await Promise.all(counts)).every((count) => count === 0))
      throw new Error(`${service} holds no message of ${broker}`);
  };
  try {
    await eventually(async () => {
      const come = await Promise.all(
        consumers.map(async (name) => ({ name, ends: await unacknowledged.endsOf(name) })),
      );
      victim.kill('SIGSTOP');
      try {
        await holdsOn(
          'kafka',
          come.map(({ name, ends }) => unacknowledged.ofGroup(name, ends)),
        );
        await sleep(countedAnewMs);
        await holdsOn(
          'rabbitmq',
          consumers.map((name) => unacknowledged.ofQueue(name)),
        );
      } catch (error) {
        victim.kill('SIGCONT');
        await sleep(thawedMs);
        throw error;
      }
    }, patient);
  } finally {
    victim.kill('SIGKILL');
  }
}

/** Answers how long it took to end, in seconds. */
async function terminate(process: SupervisedProcess): Promise<number> {
  const pid = await untilRunning(process);
  const asked = performance.now();
  process.kill('SIGTERM');
  await eventually(() => {
    if (process.pid === pid) throw new Error(`${process.name} has not ended`);
  }, patient);
  return (performance.now() - asked) / 1_000;
}

const lookEveryMs = 250;

async function disturb(
  world: World,
  { link, trouble, forMs }: Extract<Action, { do: 'disturb' }>,
): Promise<Seen> {
  const { links } = world;
  if (!links) throw new Error('nothing stands between the services and what they need');
  const until = performance.now() + forMs;
  let breakerOpened = false;
  await links.disturb(link, trouble);
  try {
    while (performance.now() < until) {
      breakerOpened ||= await breakerIsOpen(world);
      await sleep(lookEveryMs);
    }
  } finally {
    await links.mend();
  }
  return { breakerOpened };
}

/** Less than RabbitMQ has when it is idle. */
const tooLittle = '1MB';

async function block(world: World, forMs: number): Promise<Seen> {
  const { place } = world.system.stack.servers.rabbitmq;
  const begin = performance.now();
  await limitMemory(place, tooLittle);
  try {
    await eventually(async () => {
      if (!(await memoryAlarm(world))) throw new Error('RabbitMQ does not say that it is short of memory');
    }, patient);
    const seenAfter = (performance.now() - begin) / 1_000;
    await sleep(forMs);
    return { seenAfter, outbox: await eventually(() => messagesInOutboxes(world)) };
  } finally {
    await limitMemory(place, 'as configured');
  }
}
