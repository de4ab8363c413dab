import { spawn } from 'node:child_process';
import { constants } from 'node:os';

/** Runs Node in this terminal to its end; the exit code is as a shell would give it. Signals that reach only us are passed on. */
export function runNode(args: readonly string[], env: NodeJS.ProcessEnv = process.env): Promise<number> {
  const child = spawn(process.execPath, args, { stdio: 'inherit', env });
  // A terminal's Ctrl-C reaches the child by itself; a second one is harmless.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => child.kill(signal));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code, signal) =>
      resolve(signal === null ? (code ?? 1) : 128 + constants.signals[signal]),
    );
  });
}
