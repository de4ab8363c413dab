import type { ProcessStatus } from './control.ts';
import { family, processes } from './processes.ts';
import { answers } from './server.ts';
import { serverNames } from './servers.ts';
import { serviceNames } from './services.ts';
import type { Stack } from './stack.ts';

/** Every server and service of the stack as it is now. */
export async function stackProcesses({ servers, services, ports }: Stack): Promise<ProcessStatus[]> {
  const all = await processes();
  const memory = (pid: number | undefined) =>
    pid === undefined ? 0 : family(pid, all).reduce((sum, each) => sum + each.memory, 0);
  return Promise.all([
    ...serverNames.map(async (name) => {
      const { pid, restarts } = servers[name];
      const up = await servers[name].ready();
      return { name, pid: pid ?? null, port: ports[name], up, restarts, memory: memory(pid) };
    }),
    ...serviceNames.map(async (name) => {
      const { pid, restarts } = services[name];
      const up = await answers(`http://127.0.0.1:${ports[name]}/health`);
      return { name, pid: pid ?? null, port: ports[name], up, restarts, memory: memory(pid) };
    }),
  ]);
}
