import { join } from 'node:path';
import type { Databases } from '@conveyor/e2e/databases';
import { freePorts, type Stack } from '@conveyor/local/stack';
import { eventually } from '@conveyor/testing/eventually';
import { type Peer, peerAt } from './peer.ts';
import { startWorker } from './worker.ts';

const program = new URL('dbos-worker.ts', import.meta.url);

/** One process that keeps what it has done in the PostgreSQL of the stack, in a database of its own. */
export async function startDbos(
  stack: Stack,
  databases: Databases,
  dir: string,
  signal: AbortSignal,
): Promise<Peer> {
  const { gateway: port } = await freePorts();
  const worker = await startWorker(stack, program, port, join(dir, 'dbos.log'), {
    DBOS_SYSTEM_DATABASE_URL: new URL('/peer_dbos', stack.env.POSTGRES_URL).href,
  });
  const url = `http://127.0.0.1:${port}/`;
  // It listens once DBOS is there.
  await eventually(() => fetch(url, { method: 'HEAD' }), { timeoutMs: 60_000 });
  return peerAt(() => url, databases, signal, worker.stop);
}
