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
    // The other end as well: of a machine that has vanished the lock would be kept for hours, and nobody could take over.
    options:
      '-c tcp_keepalives_idle=10 -c tcp_keepalives_interval=5 -c tcp_keepalives_count=3 -c tcp_user_timeout=30000',
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
