import { findServers, type Servers, serversIn } from './servers.ts';

/** Works with the servers that the environment names, or the stack that runs here, or else with some of its own. */
export async function withServers<Result>(
  log: (line: string) => void,
  signal: AbortSignal,
  work: (servers: Servers) => Promise<Result>,
): Promise<Result> {
  const found = await findServers(process.env);
  if (found) return work(found);
  // Loaded only here: a container has its servers named, and no code to start others.
  const { startTestServers } = await import('../test/servers.ts');
  const own = await startTestServers(log, signal);
  try {
    const servers = serversIn(own.env);
    if (!servers) throw new Error('the servers have no addresses');
    return await work(servers);
  } finally {
    await own.stop();
  }
}
