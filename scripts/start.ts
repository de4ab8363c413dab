// Conveyor on this machine without Docker: installs what is missing, starts real servers, then all
// services. Everything it leaves behind is in .local/.
import { parseArgs } from 'node:util';
import { buildConsole } from '../infra/local/console.ts';
import { statusOf } from '../infra/local/control.ts';
import { controlPath, enterRoot } from '../infra/local/local-stack.ts';
import { provision } from '../infra/local/stack.ts';
import { runDetached } from './start/detached.ts';
import { runForeground } from './start/foreground.ts';
import { unlessInterrupted } from './start/unless-interrupted.ts';

enterRoot();
try {
  const { values } = parseArgs({
    options: {
      detach: { type: 'boolean', default: false },
      yes: { type: 'boolean', default: false },
    },
  });
  const running = await statusOf(controlPath);
  if (running !== undefined) {
    const state = running.ready ? `is running: ${running.url}` : 'is being started';
    throw new Error(
      `Conveyor ${state} (pid ${running.pid}). \`npm run status\` shows it, \`npm stop\` stops it.`,
    );
  }
  // Here, where there is a terminal to ask.
  await unlessInterrupted(async () => {
    await provision({ yes: values.yes, log: console.log });
    await buildConsole(console.log);
  });
  await (values.detach ? runDetached() : runForeground());
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
