import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, open } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { guard, unguard } from './guardian.ts';
import { family, living, processes } from './processes.ts';
import type { User } from './unprivileged.ts';

export interface Command {
  readonly file: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
  /** Whom it runs as; undefined: as ourselves. */
  readonly user: User | undefined;
}

export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** A running child, the leader of a process group that dies with this process. */
export interface Child {
  readonly pid: number;
  readonly exited: Promise<Exit>;
  signal(signal: NodeJS.Signals): void;
}

/** Starts a child whose output is appended to the file `log`. Rejects when there is no such program. */
export async function startChild(command: Command, log: string): Promise<Child> {
  await mkdir(dirname(log), { recursive: true });
  const output = await open(log, 'a');
  try {
    const child = spawn(command.file, command.args, {
      env: command.env,
      cwd: command.cwd,
      ...command.user,
      detached: true,
      stdio: ['ignore', output.fd, output.fd],
    });
    await once(child, 'spawn');
    const pid = child.pid as number;
    guard(pid);
    const exited = new Promise<Exit>((resolve) => {
      child.once('exit', (code, signal) => resolve({ code, signal }));
    });
    return { pid, exited, signal: (signal) => signalProcess(-pid, signal) };
  } finally {
    await output.close();
  }
}

/** A negative pid is a process group. */
function signalProcess(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It has gone by itself.
  }
}

/**
 * Signals the child's group and waits until the child and all its descendants are gone, also those
 * that left the group, as PostgreSQL's and Erlang's do. SIGKILL gets what is left `within` ms later,
 * or a second after the child itself has gone.
 */
export async function stopChild(child: Child, signal: NodeJS.Signals, within: number): Promise<void> {
  const members = family(child.pid, await processes()).map((each) => each.pid);
  const gone = async () => (await living(members)).length === 0;
  child.signal(signal);
  await waitUntil(async () => (await living([child.pid])).length === 0, within);
  if (!(await waitUntil(gone, 1000))) {
    child.signal('SIGKILL');
    for (const pid of await living(members)) signalProcess(pid, 'SIGKILL');
    await waitUntil(gone, 10_000);
  }
  unguard(child.pid);
}

/** Whether the condition came true within so many ms. */
export async function waitUntil(
  condition: () => boolean | Promise<boolean>,
  within: number,
): Promise<boolean> {
  const end = performance.now() + within;
  while (!(await condition())) {
    if (performance.now() > end) return false;
    await delay(25);
  }
  return true;
}

/** Runs a command to its end; rejects when it fails. Its output is in the file `log`. */
export async function runToEnd(command: Command, log: string): Promise<void> {
  const child = await startChild(command, log);
  const { code, signal } = await child.exited;
  unguard(child.pid);
  if (code !== 0) throw new Error(`${command.file} ended with ${code ?? signal}: see ${log}`);
}
