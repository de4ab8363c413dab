// Stops the stack that `npm start` runs, detached or not, and returns when it is gone.
import { readFile } from 'node:fs/promises';
import { waitUntil } from '../infra/local/child.ts';
import { statusOf } from '../infra/local/control.ts';
import { controlPath, enterRoot, pidPath } from '../infra/local/local-stack.ts';
import { living } from '../infra/local/processes.ts';

enterRoot();
const running = await statusOf(controlPath);
const written = Number(await readFile(pidPath, 'utf8').catch(() => undefined));
if (running === undefined) {
  console.log('Nothing is running here.');
} else if (running.pid !== written) {
  // The process that answers says who it is: a number in a file alone may long belong to another.
  console.error(
    `${pidPath} says ${written}, but the stack that answers is ${running.pid}: stop that one by hand.`,
  );
  process.exitCode = 1;
} else {
  process.kill(running.pid, 'SIGTERM');
  const gone = await waitUntil(async () => (await living([running.pid])).length === 0, 60_000);
  console.log(gone ? 'Stopped.' : `Process ${running.pid} is still there after 60 s.`);
  if (!gone) process.exitCode = 1;
}
