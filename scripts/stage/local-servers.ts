import { statusOf } from '../../infra/local/control.ts';
import { controlPath, enterRoot } from '../../infra/local/local-stack.ts';
import { portsFrom } from '../../infra/local/ports.ts';
import { toolEnv } from '../../infra/local/service-env.ts';

/** Where the servers of the stack are that runs on this machine, as variables; undefined when none is ready. */
export async function localServers(): Promise<Readonly<Record<string, string>> | undefined> {
  enterRoot();
  const status = await statusOf(controlPath);
  if (!status?.ready) return undefined;
  // It may have been started with other settings than this shell has.
  const actual = Object.fromEntries(status.processes.map(({ name, port }) => [name, port]));
  return toolEnv({ ...portsFrom({}), ...actual });
}
