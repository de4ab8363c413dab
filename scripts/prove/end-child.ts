import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';

const patienceMs = 10_000;

/** Resolves once the process is dead, also if it was before. One that does not heed the signal is killed. */
export async function endChild(child: ChildProcess, signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.kill(signal);
  const impatience = setTimeout(() => child.kill('SIGKILL'), patienceMs);
  await gone;
  clearTimeout(impatience);
}
