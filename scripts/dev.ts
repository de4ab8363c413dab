// npm run dev -- <service>: runs that service here, restarted at every change, in place of the
// stack's own instance, which comes back when this ends.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { borrowService } from '../infra/local/control.ts';
import { guard } from '../infra/local/guardian.ts';
import { controlPath, enterRoot } from '../infra/local/local-stack.ts';
import { serviceNames } from '../infra/local/stack.ts';

enterRoot();
const name = serviceNames.find((each) => each === process.argv[2]);
const borrowed = name && (await borrowService(controlPath, name));
if (name === undefined) {
  console.error(`Usage: npm run dev -- <service>, one of: ${serviceNames.join(', ')}`);
  process.exitCode = 2;
} else if (borrowed === undefined) {
  console.error('Nothing is running here: `npm start` (or `npm start -- --detach`) first.');
  process.exitCode = 1;
} else {
  const { file, args, env, cwd } = borrowed.command;
  // A group of its own, which dies with us in whichever way we end: the stack's instance wants the same port.
  const child = spawn(file, args, {
    env: { ...process.env, ...env },
    cwd,
    stdio: ['ignore', 'inherit', 'inherit'],
    detached: true,
  });
  if (child.pid !== undefined) guard(child.pid);
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => child.kill(signal));
  void borrowed.ended.then(() => child.kill('SIGTERM'));
  await once(child, 'exit');
  borrowed.release();
  console.log(`${name} is the stack's again.`);
}
