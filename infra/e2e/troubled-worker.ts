import { randomUUID } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Broker, BrokerName, OutgoingMessage } from '@conveyor/brokers';
import { createKafkaBroker } from '@conveyor/brokers/kafka';
import { createRabbitBroker } from '@conveyor/brokers/rabbitmq';
import { ownDeadLetters } from '@conveyor/contracts/http';
import {
  freePorts,
  removeOldRuns,
  type Servers,
  startChild,
  startServers,
  toolEnv,
} from '@conveyor/local/stack';
import { newTraceparent } from '@conveyor/patterns/correlation-tracing/trace-context';
import { GrowingPause } from '@conveyor/patterns/transactional-outbox/growing-pause';
import { toOutboxRows } from '@conveyor/service-kit/messaging/outgoing';
import { eventually } from '@conveyor/testing/eventually';
import { publishAll } from '@conveyor/testing/publish-all';
import { kafkaTopology, rabbitTopology } from '@conveyor/topology';
import pg from 'pg';

const runs = fileURLToPath(new URL('../../.local/e2e/', import.meta.url));
const program = fileURLToPath(import.meta.resolve('./troubled-worker/main.ts'));
const delays = { orderExpiresAfterMs: 300_000 };

/** What the handler does with a message: nothing special, kill its process, or fail so many times and then succeed. */
export type Trouble = 'works' | 'kills' | `fails-${number}`;

/** Real brokers and a real database, and one service on them, started again whenever it dies. */
export interface Troubles {
  readonly servers: Servers;
  readonly env: ReturnType<typeof toolEnv>;
  /** The service's own database. */
  readonly database: pg.Pool;
  /** How often the process has died. */
  readonly deaths: number;
  /** A command for the service; `orderId`: its key. Each has an id of its own. */
  message(broker: BrokerName, trouble: Trouble, orderId?: string): OutgoingMessage;
  /** Sends them in this order; resolves once all are confirmed. */
  send(broker: BrokerName, messages: readonly OutgoingMessage[]): Promise<void>;
  /** Redrives all dead letters of the service; rejects when it does not answer to the end. */
  redriveAll(): Promise<void>;
  /** Meanwhile whoever reads `table` waits; `cancelWaiting` cancels those statements and says how many they were. */
  whileLocked(table: string, work: (cancelWaiting: () => Promise<number>) => Promise<void>): Promise<void>;
  /** Sends the running process a signal. */
  kill(signal?: NodeJS.Signals): void;
  stop(): Promise<void>;
}

export async function startTroubles(name: string, retryDelaysMs: readonly number[]): Promise<Troubles> {
  await removeOldRuns(runs);
  const [dir, ports] = [join(runs, `${name}-${process.pid}`), await freePorts()];
  const servers = await startServers({ dir, ports, only: ['postgres', 'rabbitmq', 'kafka'] });
  const env = toolEnv(ports);
  const databaseUrl = new URL('/conveyor_inventory', env.POSTGRES_URL).href;
  const database = new pg.Pool({ connectionString: databaseUrl });
  database.on('error', () => {}); // Servers are stopped on purpose.

  const brokers: Record<BrokerName, Broker> = {
    rabbitmq: createRabbitBroker({
      url: env.RABBITMQ_URL,
      topology: rabbitTopology(delays, retryDelaysMs),
      clientName: 'troubles',
    }),
    kafka: createKafkaBroker({
      brokers: env.KAFKA_BROKERS.split(','),
      topology: kafkaTopology(delays, retryDelaysMs),
      clientId: 'troubles',
    }),
  };
  for (const broker of Object.values(brokers)) broker.start();

  const worker = keepRunning(join(dir, 'logs', 'worker.log'), {
    ...env,
    HOST: '127.0.0.1',
    PORT: String(ports.inventory),
    DATABASE_URL: databaseUrl,
    RETRY_DELAYS_MS: retryDelaysMs.join(),
    LOG_LEVEL: 'warn',
    // Each try in hand takes two: that of its transaction, and the one to write down the try.
    DATABASE_POOL_SIZE: '60',
  });

  const isReady = async () => {
    const { status } = await fetch(`http://127.0.0.1:${ports.inventory}/ready`);
    if (status !== 200) throw new Error(`the service is not ready: ${status}`);
  };
  const stop = async () => {
    await worker.stop();
    await Promise.all(Object.values(brokers).map((broker) => broker.close()));
    await database.end();
    await servers.abandon();
  };
  try {
    const signal = AbortSignal.timeout(60_000);
    await Promise.all(Object.values(brokers).map((broker) => broker.connected(signal)));
    await eventually(isReady, { timeoutMs: 60_000 });
  } catch (error) {
    await stop();
    throw error;
  }

  return {
    servers,
    env,
    database,
    get deaths() {
      return worker.deaths;
    },
    message: commandFor,
    send: (broker, messages) => publishAll(brokers[broker].publisher, messages, { timeoutMs: 30_000 }),
    async redriveAll() {
      const response = await fetch(`http://127.0.0.1:${ports.inventory}${ownDeadLetters.redriveMany.path}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ consumer: 'inventory.commands', limit: 10_000, dryRun: false, who: 'test' }),
      });
      if (!response.ok) throw new Error(`redriving answered ${response.status}: ${await response.text()}`);
      await response.arrayBuffer();
    },
    async whileLocked(table, work) {
      const session = await database.connect();
      try {
        await session.query('begin');
        await session.query(`lock table ${session.escapeIdentifier(table)} in access exclusive mode`);
        await work(async () => {
          const { rowCount } = await database.query(
            `select pg_cancel_backend(pid) from pg_stat_activity
             where datname = current_database() and wait_event_type = 'Lock' and query like '%' || $1 || '%'`,
            [table],
          );
          return rowCount ?? 0;
        });
      } finally {
        await session.query('rollback');
        session.release();
      }
    },
    kill: worker.kill,
    stop,
  };
}

function commandFor(broker: BrokerName, trouble: Trouble, orderId: string = randomUUID()): OutgoingMessage {
  const cause = { correlationid: orderId, traceparent: newTraceparent(), saga: 'orchestration', broker };
  const data = {
    orderId,
    items: [{ sku: trouble, quantity: 1 }],
    total: { amount: 100, currency: 'EUR' as const },
    priority: 'standard' as const,
  };
  const draft = { type: 'inventory.reserve' as const, subject: orderId, data };
  const [row] = toOutboxRows({ service: 'order-saga', delays }, cause, [draft], new Date());
  if (!row) throw new Error('a command goes to one broker');
  return row.message;
}

/** A process that has lived so long has come further than its start. */
const livedMs = 5_000;

/** Starts the service, and again whenever it has died: soon, but less and less so where it only ever starts. */
function keepRunning(log: string, env: Readonly<Record<string, string>>) {
  const command = { file: process.execPath, args: [program], env, cwd: process.cwd(), user: undefined };
  const stopping = new AbortController();
  const { signal } = stopping;
  const pause = new GrowingPause(20, 2_000);
  let deaths = 0;
  let child: Awaited<ReturnType<typeof startChild>> | undefined;
  const running = (async () => {
    await writeFile(log, '');
    while (!signal.aborted) {
      const since = performance.now();
      child = await startChild(command, log);
      // Who stops it meanwhile does not know of this one.
      if (signal.aborted) child.signal('SIGTERM');
      await child.exited;
      if (signal.aborted) return;
      deaths += 1;
      if (performance.now() - since > livedMs) pause.reset();
      await pause.wait(signal).catch(() => {});
    }
  })();
  return {
    get deaths() {
      return deaths;
    },
    kill: (signal: NodeJS.Signals = 'SIGKILL') => child?.signal(signal),
    async stop() {
      stopping.abort();
      child?.signal('SIGTERM');
      await running;
    },
  };
}
