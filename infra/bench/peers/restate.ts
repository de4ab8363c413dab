import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Databases } from '@conveyor/e2e/databases';
import { provideRestate } from '@conveyor/local/restate';
import { freePorts, type Stack } from '@conveyor/local/stack';
import { eventually } from '@conveyor/testing/eventually';
import { type Peer, peerAt } from './peer.ts';
import { run, startWorker } from './worker.ts';

const program = new URL('restate-worker.ts', import.meta.url);

/** Of a log that is written in turns; the default is meant for clusters. */
const partitions = 4;

/** Restate's server with its own log on the disk, and one process with the handlers that it calls. */
export async function startRestate(
  stack: Stack,
  databases: Databases,
  dir: string,
  signal: AbortSignal,
): Promise<Peer> {
  const { gateway: ingress, order: admin, payment: fabric, inventory: handlers } = await freePorts();
  const data = join(dir, 'restate');
  const worker = await startWorker(stack, program, handlers, join(dir, 'restate-worker.log'), {
    RESTATE_LOGGING: 'WARN',
  });
  const server = await run(
    await provideRestate(console.error),
    [],
    settings(data, { ingress, admin, fabric }),
    join(dir, 'restate.log'),
  );
  await eventually(() => register(admin, handlers), { timeoutMs: 60_000 });
  return peerAt(
    (orderId) => `http://127.0.0.1:${ingress}/order/${orderId}/run`,
    databases,
    signal,
    async () => {
      await server.stop();
      await worker.stop();
      await rm(data, { recursive: true });
    },
  );
}

function settings(
  data: string,
  ports: Readonly<Record<'ingress' | 'admin' | 'fabric', number>>,
): Readonly<Record<string, string>> {
  return {
    RESTATE_BASE_DIR: data,
    RESTATE_NODE_NAME: 'peer',
    RESTATE_LISTEN_MODE: 'tcp',
    RESTATE_BIND_IP: '127.0.0.1',
    RESTATE_BIND_PORT: String(ports.fabric),
    RESTATE_INGRESS__BIND_PORT: String(ports.ingress),
    RESTATE_ADMIN__BIND_PORT: String(ports.admin),
    RESTATE_DEFAULT_NUM_PARTITIONS: String(partitions),
    RESTATE_ROCKSDB_TOTAL_MEMORY_SIZE: '1 GiB',
    RESTATE_DISABLE_TELEMETRY: 'true',
    RESTATE_LOG_FILTER: 'warn',
    DO_NOT_TRACK: '1',
  };
}

/** Tells the server where its handlers are. */
async function register(admin: number, handlers: number): Promise<void> {
  const response = await fetch(`http://127.0.0.1:${admin}/deployments`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ uri: `http://127.0.0.1:${handlers}` }),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`Restate answered ${response.status}: ${text}`);
}
