import { join } from 'node:path';
import { freePorts, removeOldRuns, startServers, toolEnv } from '../../infra/local/stack.ts';
import { root } from '../check/tool.ts';

const runs = join(root, '.local/test');

/** Real servers of this run's own: empty, on free ports. Rejects when one of them cannot be started. */
export async function startTestServers(log: (line: string) => void, signal: AbortSignal) {
  await removeOldRuns(runs);
  const [dir, ports] = [join(runs, String(process.pid)), await freePorts()];
  const servers = await startServers({ dir, ports, only: ['postgres', 'rabbitmq', 'kafka'], log, signal });
  const { POSTGRES_URL, RABBITMQ_URL, RABBITMQ_MANAGEMENT_URL, KAFKA_BROKERS } = toolEnv(ports);
  return {
    env: { POSTGRES_URL, RABBITMQ_URL, RABBITMQ_MANAGEMENT_URL, KAFKA_BROKERS },
    logs: join(dir, 'logs'),
    stop: () => servers.abandon(),
  };
}
