import pg from 'pg';

/** Looks into the services' databases, as nobody inside the system can: by the superuser. */
export interface Databases {
  query<Row extends object>(database: string, text: string, values?: readonly unknown[]): Promise<Row[]>;
  close(): Promise<void>;
}

export function openDatabases(postgresUrl: string): Databases {
  const pools = new Map<string, pg.Pool>();
  function poolOf(database: string): pg.Pool {
    const known = pools.get(database);
    if (known) return known;
    const url = new URL(postgresUrl);
    url.pathname = `/${database}`;
    const pool = new pg.Pool({ connectionString: url.href, max: 4 });
    // A server that is stopped at the end of a test ends its connections; nobody waits for them then.
    pool.on('error', () => {});
    pools.set(database, pool);
    return pool;
  }
  return {
    query: async <Row extends object>(database: string, text: string, values: readonly unknown[] = []) =>
      (await poolOf(database).query<Row>(text, [...values])).rows,
    async close() {
      await Promise.all([...pools.values()].map((pool) => pool.end()));
    },
  };
}
