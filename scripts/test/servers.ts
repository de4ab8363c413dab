import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { freePorts, startServers, toolEnv } from '../../infra/local/stack.ts';
import { root } from '../check/tool.ts';

const runs = join(root, '.local/test');

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

/** A failed run leaves its logs; they go with the next run, except those of a run under way. */
async function removeOldRuns(): Promise<void> {
  await mkdir(runs, { recursive: true });
  for (const name of await readdir(runs)) {
    if (!isAlive(Number(name))) await rm(join(runs, name), { recursive: true, force: true });
  }
}

/** Real servers of this run's own: empty, on free ports. Rejects when one of them cannot be started. */
export async function startTestServers(log: (line: string) => void, signal: AbortSignal) {
  await removeOldRuns();
  const [dir, ports] = [join(runs, String(process.pid)), await freePorts()];
  const servers = await startServers({ dir, ports, only: ['postgres', 'rabbitmq', 'kafka'], log, signal });
  const { POSTGRES_URL, RABBITMQ_URL, RABBITMQ_MANAGEMENT_URL, KAFKA_BROKERS } = toolEnv(ports);
  return {
    env: { POSTGRES_URL, RABBITMQ_URL, RABBITMQ_MANAGEMENT_URL, KAFKA_BROKERS },
    logs: join(dir, 'logs'),
    stop: () => servers.stop(),
  };
}
