import { type Client, clientOf } from '@conveyor/e2e/client';
import { type System, startSystem } from '@conveyor/e2e/system';
import { freePorts, type ServiceName, type SupervisedProcess, serviceNames } from '@conveyor/local/stack';
import { eventually } from '@conveyor/testing/eventually';
import type { Fault } from './faults.ts';
import { type BreakableLinks, openLinks } from './links.ts';

/** A process of a service, and the port at which it answers. */
export interface Instance {
  readonly process: SupervisedProcess;
  readonly port: number;
}

/** Of each service; the first is the one of which the other services know. */
export type Instances = Readonly<Record<ServiceName, readonly [Instance, ...Instance[]]>>;

/** A system as a fault asks for it. */
export interface Ground {
  readonly system: System;
  readonly instances: Instances;
  /** Speaks to all instances of the gateway in turn. */
  readonly client: Client;
  /** Undefined where nothing stands between the services and what they need. */
  readonly links: BreakableLinks | undefined;
  stop(): Promise<void>;
}

const patient = { timeoutMs: 120_000 };

/** One of each service, and nothing in between. */
export function plainGround(system: System): Ground {
  return {
    system,
    instances: instancesOf(system, []),
    client: system,
    links: undefined,
    stop: () => system.stop(),
  };
}

/** Starts what the fault asks for. Whatever fails, nothing is left running. */
export async function startGround({ name, env, ground }: Fault): Promise<Ground> {
  const ports = await freePorts();
  const links = ground === 'links' ? await openLinks(ports) : undefined;
  const stopLinks = async () => links?.close();
  const system = await startSystem(`chaos-${name}`, env, { ports, links }).catch(async (error: unknown) => {
    await stopLinks();
    throw error;
  });
  const seconds = ground === 'pairs' ? await secondsOf(system) : [];
  const stop = async () => {
    await Promise.all(seconds.map(({ process }) => process.stop()));
    await system.stop();
    await stopLinks();
  };
  try {
    await Promise.all(seconds.map(({ process }) => process.start()));
    await Promise.all(seconds.map(untilReady));
  } catch (error) {
    await stop();
    throw error;
  }
  const instances = instancesOf(system, seconds);
  const gateways = instances.gateway.map(({ port }) => gatewayAt(system, port));
  return { system, instances, client: inTurn(gateways), links, stop };
}

/** One more of each service, not yet started. */
async function secondsOf({ stack }: System): Promise<readonly Instance[]> {
  const ports = await freePorts();
  return serviceNames.map((name) => ({ process: stack.another(name, ports[name]), port: ports[name] }));
}

function instancesOf({ stack }: System, seconds: readonly Instance[]): Instances {
  const entries = serviceNames.map((name) => [
    name,
    [
      { process: stack.services[name], port: stack.ports[name] },
      ...seconds.filter(({ process }) => process.name === name),
    ],
  ]);
  return Object.fromEntries(entries) as Instances;
}

/** Whether this process answers that it can work. */
export async function isReady({ port }: Instance): Promise<boolean> {
  const signal = AbortSignal.timeout(6_000);
  return fetch(`http://127.0.0.1:${port}/ready`, { signal }).then(
    ({ status }) => status === 200,
    () => false,
  );
}

function untilReady(instance: Instance): Promise<void> {
  return eventually(async () => {
    if (!(await isReady(instance))) throw new Error(`nobody is ready at port ${instance.port}`);
  }, patient);
}

function gatewayAt({ stack }: System, port: number): Client {
  return clientOf(`http://127.0.0.1:${port}`, stack.env.ADMIN_TOKEN);
}

/** As a load balancer does that does not know who is alive: whoever repeats what has failed comes to another one. */
function inTurn(clients: readonly Client[]): Client {
  let turn = 0;
  const next = () => clients[turn++ % clients.length] as Client;
  return {
    call: (method, path, options) => next().call(method, path, options),
    place: (request, options) => next().place(request, options),
  };
}
