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

/** The running servers of one stack. Those that were left out by `only` are there too, stopped. */
export interface Servers extends Readonly<Record<ServerName, Server>> {
  /** Stops all of them, in their orderly way. */
  stop(): Promise<void>;
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

/**
 * Provisions and starts the servers and waits until all are ready. Data, logs and configuration are
 * below `dir`. When one fails, those already up are stopped again.
 */
export async function startServers(options: {
  dir: string;
  ports: Ports;
  links?: Links | undefined;
  only?: readonly ServerName[];
  log?: (line: string) => void;
  /** Aborted: what has been started is stopped, and the promise rejects. */
  signal?: AbortSignal | undefined;
}): Promise<Servers> {
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
  const stop = async () => {
    await Promise.all(Object.values(all).map((each) => each.stop()));
  };
  await Promise.all(only.map((name) => writeFile(all[name].log, '')));
  const starts = await Promise.allSettled(
    only.map((name) => timed(`${name} is ready`, () => all[name].start(signal), log)),
  );
  const failures = starts.flatMap((each) => (each.status === 'rejected' ? [each.reason as Error] : []));
  if (failures.length > 0) {
    await stop();
    signal?.throwIfAborted();
    throw new Error(failures.map((each) => each.message).join('\n'), { cause: failures[0] });
  }
  return { ...all, stop };
}

/** Runs it, and says so with its seconds if it took any time. */
async function timed(what: string, work: () => Promise<void>, log: (line: string) => void): Promise<void> {
  const start = performance.now();
  await work();
  const seconds = (performance.now() - start) / 1000;
  if (seconds > 0.1) log(`${what} (${seconds.toFixed(1)} s)`);
}
