import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { waitUntil } from './child.ts';
import { assertFree } from './free-ports.ts';
import type { Links } from './links.ts';
import type { Ports } from './ports.ts';
import { answers, lastLines } from './server.ts';
import { prepareServers, type Servers } from './servers.ts';
import { serviceCommand } from './service-command.ts';
import { toolEnv, userSettings } from './service-env.ts';
import { type ServiceName, serviceNames } from './services.ts';
import { type SupervisedProcess, supervise } from './supervised-process.ts';

export { startChild } from './child.ts';
export { freePorts } from './free-ports.ts';
export { type LinkName, type Links, linkNames } from './links.ts';
export { removeOldRuns } from './old-runs.ts';
export { type Ports, portsFrom, portTable } from './ports.ts';
export { provision, type Servers, startServers } from './servers.ts';
export { toolEnv } from './service-env.ts';
export { databaseOf, type ServiceName, serviceNames } from './services.ts';
export type { SupervisedProcess } from './supervised-process.ts';

/** Where everything of the stack is, for tests and tools. */
export type StackEnv = ReturnType<typeof toolEnv> & { readonly ADMIN_TOKEN: string };

/** Real servers and all services, as child processes of this one; they die with it. */
export interface Stack {
  readonly env: StackEnv;
  readonly ports: Ports;
  readonly servers: Servers;
  readonly services: Readonly<Record<ServiceName, SupervisedProcess>>;
  /** Whether `GET /api/health` of the gateway is 200: every service, broker and store answers. */
  ready(): Promise<boolean>;
  /** One more instance of a service, on a port of its own. It is not started, and whoever starts it stops it. */
  another(name: ServiceName, port: number): SupervisedProcess;
  /** Starts the services that are stopped, and waits until the whole is ready. */
  startServices(): Promise<void>;
  /** Stops the services, then the servers. */
  stop(): Promise<void>;
  /** The same where nobody will look at the servers' data again: in a fraction of the time. */
  abandon(): Promise<void>;
}

const servicesStartWithin = 120_000;

export interface StackOptions {
  /** Data, logs and configuration are below it, and nothing else of the stack anywhere. */
  readonly dir: string;
  readonly ports: Ports;
  readonly links?: Links | undefined;
  /** For the services: wins over this process's own environment. */
  readonly env?: Readonly<Record<string, string>>;
  readonly log?: (line: string) => void;
  /** Aborted while it starts: what has been started is stopped, and the promise rejects. */
  readonly signal?: AbortSignal;
}

/** Starts the servers, each service once it has what it needs, and resolves when the whole is ready. */
export async function startStack(options: StackOptions): Promise<Stack> {
  await assertFree(options.ports, [...serviceNames]);
  const servers = await prepareServers(options);
  const stack = await assemble(options, servers);
  // Elasticsearch takes longest, and nobody but the read side waits for it.
  const others = serviceNames.filter((name) => name !== 'order-query');
  async function startOthers() {
    await servers.start(['postgres', 'rabbitmq', 'kafka', 'mail']);
    await Promise.all(others.map((name) => stack.services[name].start()));
  }
  try {
    await Promise.all([servers.start(['elasticsearch']), startOthers()]);
    await stack.startServices();
  } catch (error) {
    await stack.stop();
    throw error;
  }
  return stack;
}

async function assemble(
  { dir, ports, links, env = {}, signal }: StackOptions,
  servers: Servers,
): Promise<Stack> {
  const settings = { ...userSettings(process.env), ...env };
  const token = settings['ADMIN_TOKEN'] ?? randomBytes(24).toString('base64url');
  const logs = join(resolve(dir), 'logs');
  // It finds the others at the ports of the links, and listens at its own.
  const instance = (name: ServiceName, port: number, log: string) => {
    const own = { PORT: String(port), ADMIN_TOKEN: token };
    return supervise(
      name,
      serviceCommand(name, { ...ports, ...links?.ports }, { ...settings, ...own }),
      join(logs, log),
    );
  };
  const all = serviceNames.map((name) => instance(name, ports[name], `${name}.log`));
  await Promise.all(all.map((each) => writeFile(each.log, '')));
  const services = Object.fromEntries(all.map((each) => [each.name, each])) as Stack['services'];
  const ready = () => answers(`http://127.0.0.1:${ports.gateway}/api/health`);
  const stopServices = () => Promise.all(all.map((each) => each.stop()));
  return {
    env: { ...toolEnv(ports), ADMIN_TOKEN: token },
    ports,
    servers,
    services,
    ready,
    another: (name, port) => instance(name, port, `${name}-${port}.log`),
    async startServices() {
      await Promise.all(all.map((each) => each.start()));
      const refused = () => all.filter((each) => each.refused);
      const settled = async () => signal?.aborted || refused().length > 0 || (await ready());
      const up = await waitUntil(settled, servicesStartWithin);
      signal?.throwIfAborted();
      if (refused().length > 0) throw new Error(await endsOf(refused()));
      if (!up) throw new Error(await whyNotReady(ports, services));
    },
    async stop() {
      await stopServices();
      await servers.stop();
    },
    async abandon() {
      await stopServices();
      await servers.abandon();
    },
  };
}

/** Names the services that do not answer, or else what the gateway says, with the ends of their logs. */
async function whyNotReady(ports: Ports, services: Stack['services']): Promise<string> {
  const alive = await Promise.all(
    serviceNames.map((name) => answers(`http://127.0.0.1:${ports[name]}/health`)),
  );
  const silent = serviceNames.filter((_, i) => !alive[i]);
  const told = silent.length > 0 ? silent : (['gateway'] as const);
  const ends = await endsOf(told.map((name) => services[name]));
  const what = silent.length > 0 ? `no answer from ${silent.join(', ')}` : 'GET /api/health is not 200';
  return `The services were not ready after ${servicesStartWithin / 1000} s: ${what}.\n${ends}`;
}

/** The ends of their logs. */
async function endsOf(processes: readonly SupervisedProcess[]): Promise<string> {
  const ends = await Promise.all(processes.map(async ({ log }) => `${log}:\n${await lastLines(log)}`));
  return ends.join('\n');
}
