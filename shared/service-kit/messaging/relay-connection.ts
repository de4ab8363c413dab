import type { RelayConnection } from '@conveyor/patterns/transactional-outbox/relay';
import pg from 'pg';

/** One dedicated connection for a relay: its advisory lock and its LISTEN live and die with it. */
export async function connectRelay(databaseUrl: string): Promise<RelayConnection> {
  const client = new pg.Client({
    connectionString: databaseUrl,
    connectionTimeoutMillis: 5_000,
    query_timeout: 30_000,
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
  });
  await client.connect();
  return {
    query: (text, values = []) => client.query(text, [...values]),
    onNotification: (listener) => client.on('notification', () => listener()),
    onLost: (listener) => {
      client.on('error', listener);
      client.on('end', () => listener(new Error('the database connection has ended')));
    },
    close: () => client.end(),
  };
}
