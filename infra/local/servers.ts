import { mkdir, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { assertFree } from './free-ports.ts';
import type { Links } from './links.ts';
import type { Ports } from './ports.ts';
import { type Server, server } from './server.ts';
import { elasticsearch } from './servers/elasticsearch.ts';
import { kafka } from './servers/kafka.ts';
import { mail } from './servers/mail.ts';
import { postgres } from './servers/postgres.ts';
import { rabbitmq } from './servers/rabbitmq.ts';
import { ensureInstalled, type InstallOptions } from './system-packages.ts';
import { dataHome } from './unprivileged.ts';

const definitions = { postgres, rabbitmq, kafka, elasticsearch, mail };

export type ServerName = keyof typeof definitions;
export const serverNames = Object.keys(definitions) as ServerName[];

/** The servers of one stack. Those that were left out by `only` are there too, stopped. */
export interface Servers extends Readonly<Record<ServerName, Server>> {
  /** Starts these, all at once, and resolves when they are ready; rejects with what all have to say that failed. */
  start(names: readonly ServerName[]): Promise<void>;
  /** Stops all of them, in their orderly way. */
  stop(): Promise<void>;
  /** Stops all of them at once: nobody will look at their data again. */
  abandon(): Promise<void>;
}

/** Makes sure that everything is on this machine: packages of the system, then what goes to the cache. */
export async function provision(options: InstallOptions & { only?: readonly ServerName[] }): Promise<void> {
  const wanted = (options.only ?? serverNames).map((name) => definitions[name]);
  const packages = await Promise.all(wanted.map((definition) => definition.packages()));
  await ensureInstalled([...new Set(packages.flat())], options);
  // One after the other: two of them share Maven's local repository.
  for (const definition of wanted) {
    await timed(`${definition.name} fetched into the cache`, () => definition.provision(), options.log);
  }
}

/** The servers that others have made and that are installed, with their versions. */
export async function installedProducts(): Promise<readonly string[]> {
  const products = await Promise.all(serverNames.map(async (name) => definitions[name].product?.()));
  return products.filter((product) => product !== undefined);
}

export interface ServersOptions {
  /** Data, logs and configuration are below it. */
  readonly dir: string;
  readonly ports: Ports;
  readonly links?: Links | undefined;
  /** Those that will be started; default: all. */
  readonly only?: readonly ServerName[];
  readonly log?: (line: string) => void;
  /** Aborted while one starts: that rejects. */
  readonly signal?: AbortSignal | undefined;
}

/** Provisions and starts the servers and waits until all are ready. When one fails, all are stopped again. */
export async function startServers(options: ServersOptions): Promise<Servers> {
  const servers = await prepareServers(options);
  try {
    await servers.start(options.only ?? serverNames);
  } catch (error) {
    await servers.stop();
    throw error;
  }
  return servers;
}

/** Provisions the servers, and starts none: for who has something to do when some of them are ready. */
export async function prepareServers(options: ServersOptions): Promise<Servers> {
  const { ports, links, only = serverNames, log = () => {}, signal } = options;
  await provision({ only, log });
  signal?.throwIfAborted();
  await assertFree(
    ports,
    only.flatMap((name) => definitions[name].ports),
  );
  const [data, logs] = [await dataHome(options.dir), join(resolve(options.dir), 'logs')];
  await mkdir(logs, { recursive: true });
  const make = (name: ServerName): Server =>
    server(definitions[name], { dir: join(data, name), log: join(logs, `${name}.log`), ports, links }, log);
  const all = {
    postgres: make('postgres'),
    rabbitmq: make('rabbitmq'),
    kafka: make('kafka'),
    elasticsearch: make('elasticsearch'),
    mail: make('mail'),
  };
  await Promise.all(only.map((name) => writeFile(all[name].log, '')));
  return {
    ...all,
    async start(names) {
      const starts = await Promise.allSettled(
        names.map((name) => timed(`${name} is ready`, () => all[name].start(signal), log)),
      );
      signal?.throwIfAborted();
      const failures = starts.flatMap((each) => (each.status === 'rejected' ? [each.reason as Error] : []));
      if (failures.length > 0)
        throw new Error(failures.map((each) => each.message).join('\n'), { cause: failures[0] });
    },
    async stop() {
      await Promise.all(Object.values(all).map((each) => each.stop()));
    },
    async abandon() {
      await Promise.all(Object.values(all).map((each) => each.abandon()));
    },
  };
}

/** Runs it, and says so with its seconds if it took any time. */
async function timed(what: string, work: () => Promise<void>, log: (line: string) => void): Promise<void> {
  const start = performance.now();
  await work();
  const seconds = (performance.now() - start) / 1000;
  if (seconds > 0.1) log(`${what} (${seconds.toFixed(1)} s)`);
}
