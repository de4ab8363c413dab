import { spawn } from 'node:child_process';
import { mkdir, open, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { waitUntil } from '../../infra/local/child.ts';
import { statusOf } from '../../infra/local/control.ts';
import { controlPath, outputPath } from '../../infra/local/local-stack.ts';

const start = fileURLToPath(new URL('../start.ts', import.meta.url));

/** Starts the stack in a process of its own, shows what that says, and returns once it is ready. */
export async function runDetached(): Promise<void> {
  await mkdir(dirname(outputPath), { recursive: true });
  // The admin token is in it: for the owner's eyes only, also where an earlier one has been left.
  const output = await open(outputPath, 'w', 0o600);
  await output.chmod(0o600);
  const child = spawn(process.execPath, [start, '--yes'], {
    detached: true,
    stdio: ['ignore', output.fd, output.fd],
  });
  child.unref();
  await output.close();
  let ended = false;
  child.once('exit', () => (ended = true));
  // Until it is ready it is still ours to stop.
  const interrupt = () => void child.kill('SIGTERM');
  process.on('SIGINT', interrupt).on('SIGTERM', interrupt);

  let shown = 0;
  const show = async () => {
    const text = await readFile(outputPath);
    process.stdout.write(text.subarray(shown));
    shown = text.length;
  };
  await waitUntil(async () => {
    const ready = ended || (await statusOf(controlPath))?.ready === true;
    await show();
    return ready;
  }, Number.POSITIVE_INFINITY);
  if (ended) process.exitCode = 1;
}
