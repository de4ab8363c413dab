import { setTimeout as sleep } from 'node:timers/promises';
import { ask, projection } from '@conveyor/e2e/read-side';
import type { SupervisedProcess } from '@conveyor/local/stack';
import { eventually } from '@conveyor/testing/eventually';
import { type Action, type HoldingService, holding } from './actions.ts';
import type { World } from './world.ts';

/** What has been seen of a strike besides what the load tells. */
export interface Seen {
  /** How long a process took to end that was asked to. */
  readonly exitSeconds?: number;
  /** How many messages waited in outboxes at the end of it. */
  readonly outbox?: number;
}

const patient = { timeoutMs: 60_000 };

/** RabbitMQ counts anew every 5 s. */
const frozenMs = 7_000;
const thawedMs = 500;

/** Does it, and resolves once its cause is gone: the server is there again, the link is mended, the process was killed. */
export async function strike(world: World, action: Action): Promise<Seen> {
  const { services, servers } = world.system.stack;
  switch (action.do) {
    case 'kill':
      await untilRunning(services[action.service]);
      services[action.service].kill();
      return {};
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
 * may wait for an answer of the frozen one and send it nothing, so it is let go on and frozen again until it holds some.
 */
async function killWithMessages({ system, unacknowledged }: World, service: HoldingService): Promise<void> {
  const victim = system.stack.services[service];
  await untilRunning(victim);
  const holds = async () => {
    for (const broker of ['rabbitmq', 'kafka'] as const) {
      const counts = await Promise.all(holding[service].map((name) => unacknowledged.of(name, broker)));
      if (counts.every((count) => count === 0)) throw new Error(`${service} holds no message of ${broker}`);
    }
  };
  try {
    await eventually(async () => {
      victim.kill('SIGSTOP');
      await eventually(holds, { timeoutMs: frozenMs }).catch(async (error: unknown) => {
        victim.kill('SIGCONT');
        await sleep(thawedMs);
        throw error;
      });
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
