import { appendFile } from 'node:fs/promises';
import { nextDelay } from './back-off.ts';
import { type Child, type Command, startChild, stopChild } from './child.ts';

/** EX_CONFIG of sysexits.h: the process says that its settings are wrong, and another start would find them so again. */
const wrongConfig = 78;

/** A process that is restarted when it ends without having been asked to, as `restart: unless-stopped` does. */
export interface SupervisedProcess {
  readonly name: string;
  readonly log: string;
  /** undefined while it is stopped or waits for its restart. */
  readonly pid: number | undefined;
  /** How often it was restarted because it had died. */
  readonly restarts: number;
  /** Whether it has ended because its settings are wrong: then it stays away until it is stopped and started. */
  readonly refused: boolean;
  /** Starts it, unless it runs; resolves when there is a process, which need not be ready yet. */
  start(): Promise<void>;
  /** Ends it and leaves it stopped: SIGTERM, and SIGKILL if that takes more than 10 s. */
  stop(): Promise<void>;
  /** Sends it a signal, by default SIGKILL; if it dies of that it is restarted. */
  kill(signal?: NodeJS.Signals): void;
}

/** Its output, and a line for every death, are appended to the file `log`. */
export function supervise(name: string, command: Command, log: string): SupervisedProcess {
  let child: Child | undefined;
  let wanted = false;
  let restarts = 0;
  let refused = false;
  let delay = 0;
  let pending: NodeJS.Timeout | undefined;

  async function launch(): Promise<void> {
    const startedAt = performance.now();
    const started = await startChild(command, log);
    child = started;
    void started.exited.then(({ code, signal }) => {
      if (child !== started) return;
      child = undefined;
      // What is left of its group goes with it, and is guarded no more: its number may soon be another's.
      stopChild(started, 'SIGKILL', 0).catch(() => {});
      if (code === wrongConfig) refused = true;
      else if (wanted) restartLater(performance.now() - startedAt, signal ?? `exit code ${code}`);
    });
    // Stopped while it was being spawned.
    if (!wanted) await end(started);
  }

  function restartLater(lived: number, how: string): void {
    delay = nextDelay(delay, lived);
    // The log may have been deleted under us; the process matters more.
    void appendFile(log, `[supervisor] ${name} ended (${how}), starts again in ${delay} ms\n`).catch(
      () => {},
    );
    pending = setTimeout(() => {
      restarts += 1;
      launch().catch((error: unknown) => restartLater(0, String(error)));
    }, delay);
  }

  async function end(running: Child): Promise<void> {
    if (child === running) child = undefined;
    await stopChild(running, 'SIGTERM', 10_000);
  }

  return {
    name,
    log,
    get pid() {
      return child?.pid;
    },
    get restarts() {
      return restarts;
    },
    get refused() {
      return refused;
    },
    async start() {
      if (wanted) return;
      wanted = true;
      refused = false;
      delay = 0;
      await launch();
    },
    async stop() {
      wanted = false;
      clearTimeout(pending);
      if (child !== undefined) await end(child);
    },
    kill(signal = 'SIGKILL') {
      child?.signal(signal);
    },
  };
}
