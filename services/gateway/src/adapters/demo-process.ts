import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { PassThrough, type Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';

/** What is heard of a demo: what it prints, and in the end how it ended. */
export type DemoNews = { readonly line: string } | { readonly exitCode: number };

export interface DemosOptions {
  /** Of the project's script that plays a demo. */
  readonly script: string;
  /** All that the process gets to know of its surroundings. */
  readonly env: Readonly<Record<string, string>>;
}

/** Plays demos in processes of their own, one at a time. */
export interface Demos {
  readonly isPlaying: boolean;
  /** Begins at once, and plays to the end or until `signal` fires: then the process is told to clear up, and ended if it does not. */
  play(args: readonly string[], signal: AbortSignal): AsyncGenerator<DemoNews>;
  /** Ends what is being played; within `graceMs` it may clear up. */
  stop(graceMs: number): Promise<void>;
}

type Child = ChildProcessByStdio<null, Readable, Readable>;

/** What it has made on the servers is taken away before it ends; a server that does not answer keeps it no longer than this. */
const clearUpMs = 10_000;
/** As a shell would have it. */
const killedExitCode = 137;

export function createDemos({ script, env }: DemosOptions): Demos {
  let playing: { readonly child: Child; readonly over: Promise<void> } | undefined;

  function start(args: readonly string[]): Child {
    // An array of arguments and no shell: nothing in them is read as a command.
    return spawn(process.execPath, [script, ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  }

  return {
    get isPlaying() {
      return playing !== undefined;
    },

    play(args, signal) {
      const child = start(args);
      const ended = once(child, 'close').then(
        ([code]) => (code as number | null) ?? killedExitCode,
        () => 1,
      );
      const over = ended.then(() => {
        playing = undefined;
      });
      playing = { child, over };
      const end = () => void endChild(child, over, clearUpMs);
      if (signal.aborted) end();
      else signal.addEventListener('abort', end, { once: true });
      return hear(child, ended);
    },

    async stop(graceMs) {
      if (playing) await endChild(playing.child, playing.over, graceMs);
    },
  };
}

/** Both of its outputs, line by line; who reads slowly holds it up. */
async function* hear({ stdout, stderr }: Child, ended: Promise<number>): AsyncGenerator<DemoNews> {
  const output = new PassThrough();
  for (const stream of [stdout, stderr]) stream.pipe(output, { end: false });
  void ended.then(() => output.end());
  try {
    for await (const line of createInterface({ input: output })) yield { line };
    yield { exitCode: await ended };
  } finally {
    // Unread, its output would keep it from ending.
    for (const stream of [stdout, stderr]) stream.unpipe(output).resume();
  }
}

async function endChild(child: Child, over: Promise<void>, graceMs: number): Promise<void> {
  child.kill('SIGTERM');
  const isOver = await Promise.race([over.then(() => true), sleep(graceMs, false, { ref: false })]);
  if (!isOver) child.kill('SIGKILL');
}
