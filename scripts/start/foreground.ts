import { mkdir, rm, writeFile } from 'node:fs/promises';
import { serveControl } from '../../infra/local/control.ts';
import { adminToken, controlPath, localDir, pidPath } from '../../infra/local/local-stack.ts';
import { serviceCommand } from '../../infra/local/service-command.ts';
import { userSettings } from '../../infra/local/service-env.ts';
import { portsFrom, type Stack, startStack } from '../../infra/local/stack.ts';
import { stackProcesses } from '../../infra/local/stack-processes.ts';
import { banner } from './banner.ts';
import { stopSignal } from './stop-signal.ts';

/** Runs the stack until a signal comes, then stops it. */
export async function runForeground(): Promise<void> {
  const started = performance.now();
  const ports = portsFrom(process.env);
  const token = await adminToken();
  const env = { ADMIN_TOKEN: token.value };
  const signal = stopSignal();
  let stack: Stack | undefined;

  await mkdir(localDir, { recursive: true });
  const control = await serveControl(controlPath, {
    status: async () => ({
      pid: process.pid,
      ready: stack !== undefined,
      url: `http://localhost:${ports.gateway}`,
      processes: stack === undefined ? [] : await stackProcesses(stack),
    }),
    borrow: async (name) => {
      await stack?.services[name].stop();
      return serviceCommand(name, ports, { ...userSettings(process.env), ...env }, ['--watch']);
    },
    giveBack: async (name) => {
      if (!signal.aborted) await stack?.services[name].start();
    },
  });
  await writeFile(pidPath, `${process.pid}\n`);
  try {
    stack = await startStack({ dir: localDir, ports, env, log: console.log, signal });
    console.log(banner(ports, token, (performance.now() - started) / 1000));
    await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
  } catch (error) {
    if (!signal.aborted) throw error;
  } finally {
    await stack?.stop();
    control.close();
    await rm(pidPath, { force: true });
  }
  console.log('Stopped. What it has kept is in .local/');
}
