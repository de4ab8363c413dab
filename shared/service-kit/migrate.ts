import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { runner } from 'node-pg-migrate';
import pg from 'pg';
import type { Logger } from './logger.ts';

/** Any number will do, as long as nobody else in this database takes the same. */
const migrationLock = 7_162_534;

/** ms that somebody else's migration is waited for, or a table that is being written to. Whoever fails for that is started again. */
const lockTimeout = 60_000;

/** The tables of the chapters that a service uses; each file may be run again and again. */
const chapterSchemas = {
  outbox: import.meta.resolve('@conveyor/patterns/transactional-outbox/schema.sql'),
  inbox: import.meta.resolve('@conveyor/patterns/idempotent-consumer/schema.sql'),
  'dead-letters': import.meta.resolve('@conveyor/patterns/dead-letter-queue/schema.sql'),
  'event-store': import.meta.resolve('@conveyor/patterns/event-sourcing/schema.sql'),
  saga: import.meta.resolve('@conveyor/patterns/saga-orchestration/schema.sql'),
};

const journalSchema = new URL('./journal/schema.sql', import.meta.url);

export type ChapterSchema = keyof typeof chapterSchemas;

/**
 * Brings the database to the newest schema. Instances that start together take turns: the lock is
 * waited for, and who comes second finds nothing left to do, and so touches no table that others write to.
 *
 * @throws Error when the server does not answer within 5 s, or a lock cannot be had within a minute.
 */
export async function migrate(
  url: string,
  chapters: readonly ChapterSchema[],
  migrations: URL,
  log: Logger,
): Promise<void> {
  const client = new pg.Client({
    connectionString: url,
    connectionTimeoutMillis: 5_000,
    lock_timeout: lockTimeout,
    keepAlive: true,
    // The other end as well: of a machine that has vanished the lock would be kept for hours.
    options: '-c tcp_keepalives_idle=10 -c tcp_keepalives_interval=5 -c tcp_keepalives_count=3',
  });
  await client.connect();
  try {
    await client.query('select pg_advisory_lock($1)', [migrationLock]);
    await client.query('create table if not exists schemas (name text primary key, sha256 text not null)');
    for (const chapter of chapters) await bringUp(client, chapter, fileURLToPath(chapterSchemas[chapter]));
    // What the outbox sends is written into the flight recorder, too.
    if (chapters.includes('outbox')) await bringUp(client, 'journal', fileURLToPath(journalSchema));
    await runner({
      dbClient: client,
      dir: fileURLToPath(migrations),
      direction: 'up',
      migrationsTable: 'migrations',
      singleTransaction: true,
      noLock: true,
      logger: {
        debug: () => {},
        info: (text) => log.debug(text),
        warn: (text) => log.warn(text),
        error: (text) => log.error(text),
      },
    });
  } finally {
    await client.end();
  }
}

/**
 * Runs the file unless this very text is the last that was run here: even `create index if not exists` waits until nobody writes to
 * its table, and meanwhile all who want to write wait behind it. Whoever has dropped a table deletes its row of `schemas` as well.
 */
async function bringUp(client: pg.Client, name: string, file: string): Promise<void> {
  const text = await readFile(file, 'utf8');
  const sha256 = createHash('sha256').update(text).digest('hex');
  const { rowCount } = await client.query('select from schemas where name = $1 and sha256 = $2', [
    name,
    sha256,
  ]);
  if (rowCount === 1) return;
  await client.query(text);
  await client.query(
    `insert into schemas (name, sha256) values ($1, $2)
     on conflict (name) do update set sha256 = excluded.sha256`,
    [name, sha256],
  );
}
