import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { runner } from 'node-pg-migrate';
import pg from 'pg';
import type { Logger } from './logger.ts';

/** Any number will do, as long as nobody else in this database takes the same. */
const migrationLock = 7_162_534;

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
 * waited for, and who comes second finds nothing left to do.
 */
export async function migrate(
  url: string,
  chapters: readonly ChapterSchema[],
  migrations: URL,
  log: Logger,
): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query('select pg_advisory_lock($1)', [migrationLock]);
    for (const chapter of chapters) {
      await client.query(await readFile(fileURLToPath(chapterSchemas[chapter]), 'utf8'));
    }
    // What the outbox sends is written into the flight recorder, too.
    if (chapters.includes('outbox')) await client.query(await readFile(journalSchema, 'utf8'));
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
