import { cpus, totalmem } from 'node:os';
import { installedProducts } from '../../infra/local/servers.ts';

/** What a report says of where it was measured, once the servers that `npm start` uses are installed. */
export async function machineAndServers(): Promise<string> {
  return [thisMachine(), ...(await installedProducts())].join(', ');
}

/** The same where the servers may be anybody's. */
export function thisMachine(): string {
  const [cpu] = cpus();
  return `${cpus().length} cores (${cpu?.model.trim() ?? 'unknown'}), ${Math.round(totalmem() / 2 ** 30)} GiB`;
}
