import { once } from 'node:events';
import { createReadStream } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { createConnection } from 'node:net';
import { text } from 'node:stream/consumers';
import { nextDelay } from './back-off.ts';
import { type Child, type Command, startChild, stopChild, waitUntil } from './child.ts';
import type { Links } from './links.ts';
import type { PortName, Ports } from './ports.ts';
import type { SystemPackage } from './system-packages.ts';

/** Where one server of one stack lives. */
export interface Place {
  /** Its data and configuration, owned by the servers' user; kept over restarts. */
  readonly dir: string;
  readonly log: string;
  readonly ports: Ports;
  readonly links?: Links | undefined;
}

/** What differs from server to server. */
export interface ServerDefinition {
  readonly name: string;
  readonly ports: readonly PortName[];
  /** What is installed of it, as `Kafka 4.3.1`. Left out by what is part of this project. */
  product?(): Promise<string | undefined>;
  /** ms until a start counts as failed. */
  readonly startsWithin: number;
  readonly stopSignal: NodeJS.Signals;
  /** To stop it at once where nobody will look at its data again; by default SIGKILL. */
  readonly abandonSignal?: NodeJS.Signals;
  /** What must come from the operating system. */
  packages(): Promise<readonly SystemPackage[]>;
  /** Fetches what is missing into the cache. */
  provision(): Promise<void>;
  /** Writes the configuration, the data folder when there is none, and answers what to run: the server last. */
  prepare(place: Place): Promise<readonly Command[]>;
  /** Whether it answers as a client would want. `log` is what it has written since its start. */
  ready(place: Place, log: () => Promise<string>): Promise<boolean>;
  /** The same of one that was ready before, where that is told otherwise: a log may be deleted under it. */
  stillReady?(place: Place): Promise<boolean>;
  /** Once it is ready: makes what services expect to find in it. */
  furnish?(place: Place): Promise<void>;
}

/**
 * A server of a stack. It always starts on the same data and ports. When it dies without having been
 * asked to, it is started again, as `restart: unless-stopped` does.
 */
export interface Server {
  readonly name: string;
  readonly place: Place;
  readonly log: string;
  /** The server's own process; undefined while there is none. */
  readonly pid: number | undefined;
  /** How often it was started again because it had died. */
  readonly restarts: number;
  /** Resolves once it is ready; rejects with the end of its log when it is not in time, or when `signal` aborts. */
  start(signal?: AbortSignal): Promise<void>;
  ready(): Promise<boolean>;
  /** Stops it, by default in its orderly way; SIGKILL is a crash. Resolves when nothing of it is left. */
  stop(signal?: NodeJS.Signals): Promise<void>;
  /** Stops it at once: nobody will look at its data again. */
  abandon(): Promise<void>;
}

/** ms that an orderly stop may take. */
const stopsWithin = 20_000;

export function server(definition: ServerDefinition, place: Place, log: (line: string) => void): Server {
  const { name, startsWithin, stopSignal, abandonSignal = 'SIGKILL' } = definition;
  // What it consists of, the server itself last. Empty while it is stopped.
  let children: Child[] = [];
  let leader: Child | undefined;
  let wanted = false;
  let restarts = 0;
  let delay = 0;
  let pending: NodeJS.Timeout | undefined;
  // How long its log was when it was started.
  let logged = 0;
  let wasReady = false;
  const logSinceStart = () => text(createReadStream(place.log, { start: logged }));

  async function ready(): Promise<boolean> {
    if (leader === undefined) return false;
    if (wasReady && definition.stillReady) return definition.stillReady(place);
    return definition.ready(place, logSinceStart);
  }

  async function launch(signal: AbortSignal | undefined): Promise<void> {
    logged = await sizeOf(place.log);
    wasReady = false;
    for (const command of await definition.prepare(place)) {
      if (!wanted) throw new Error(`${name} was stopped while it started`);
      leader = await startChild(command, place.log);
      children.push(leader);
    }
    const started = leader;
    void started?.exited.then(() => {
      if (leader === started) leader = undefined;
    });
    let isReady = false;
    await waitUntil(async () => {
      isReady = await definition.ready(place, logSinceStart);
      return isReady || leader === undefined || signal?.aborted === true;
    }, startsWithin);
    signal?.throwIfAborted();
    if (!isReady) {
      const why =
        leader === undefined ? 'ended while it started' : `was not ready after ${startsWithin / 1000} s`;
      throw new Error(`${name} ${why}. The end of ${place.log}:\n${await lastLines(place.log)}`);
    }
    await definition.furnish?.(place);
    wasReady = true;
    watch(started);
  }

  function watch(started: Child | undefined): void {
    const since = performance.now();
    void started?.exited.then(({ code, signal }) => {
      if (wanted && children.at(-1) === started)
        startLater(performance.now() - since, signal ?? `exit code ${code}`);
    });
  }

  function startLater(lived: number, how: string): void {
    delay = nextDelay(delay, lived);
    log(`${name} died (${how}), starts again in ${delay} ms; its log is ${place.log}`);
    pending = setTimeout(() => {
      restarts += 1;
      start().then(
        () => log(`${name} is ready again`),
        () => wanted && startLater(0, 'while it started'),
      );
    }, delay);
  }

  async function end(signal: NodeJS.Signals): Promise<void> {
    clearTimeout(pending);
    const ending = children.toReversed();
    children = [];
    leader = undefined;
    for (const child of ending) await stopChild(child, signal, stopsWithin);
  }

  async function start(signal?: AbortSignal): Promise<void> {
    if (leader !== undefined) return;
    wanted = true;
    // What is left of one that died: RabbitMQ's epmd, for example.
    await end('SIGKILL');
    try {
      await launch(signal);
    } catch (error) {
      await end(signal?.aborted ? stopSignal : 'SIGKILL');
      throw error;
    }
  }

  async function stop(signal = stopSignal): Promise<void> {
    wanted = false;
    await end(signal);
  }

  return {
    name,
    place,
    log: place.log,
    get pid() {
      return leader?.pid;
    },
    get restarts() {
      return restarts;
    },
    start,
    ready,
    stop,
    abandon: () => stop(abandonSignal),
  };
}

/** Whether somebody takes connections at the port. */
export async function listens(port: number): Promise<boolean> {
  const socket = createConnection({ port, host: '127.0.0.1' });
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}

async function sizeOf(file: string): Promise<number> {
  return stat(file).then(
    ({ size }) => size,
    () => 0,
  );
}

/** The last lines of a log, indented; for error messages. */
export async function lastLines(log: string, count = 20): Promise<string> {
  const text = await readFile(log, 'utf8').catch(() => '(there is no log)');
  return text
    .trimEnd()
    .split('\n')
    .slice(-count)
    .map((line) => `  ${line}`)
    .join('\n');
}

/** Whether a GET answers 200 within 2 s. */
export async function answers(url: string, headers: Record<string, string> = {}): Promise<boolean> {
  try {
    const response = await fetch(url, { headers, signal: AbortSignal.timeout(2000) });
    await response.arrayBuffer();
    return response.status === 200;
  } catch {
    return false;
  }
}
