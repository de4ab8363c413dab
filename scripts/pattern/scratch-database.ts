import { readFile } from 'node:fs/promises';
import type { StageDatabase } from '../../shared/patterns/demo.ts';
import { createLogger } from '../../shared/service-kit/logger.ts';
import { connectRelay } from '../../shared/service-kit/messaging/relay-connection.ts';
import { openPostgres } from '../../shared/service-kit/postgres.ts';

const connections = 10;

export interface ScratchDatabase extends StageDatabase {
  /** Ends every connection and removes it. */
  drop(): Promise<void>;
}

/** Makes the database `name` on the server at `server`, with the tables of `schemas`, files of SQL. */
export async function createScratchDatabase(
  server: string,
  name: string,
  schemas: readonly URL[],
): Promise<ScratchDatabase> {
  await run(server, [`create database ${name}`]);
  const url = new URL(`/${name}`, server).href;
  const drop = () => run(server, [`drop database if exists ${name} with (force)`]);
  try {
    await run(url, await Promise.all(schemas.map((schema) => readFile(schema, 'utf8'))));
  } catch (error) {
    await drop();
    throw error;
  }
  const { query, transaction, close } = openPostgres(url, connections, createLogger('demo', 'silent'));
  return {
    query,
    transaction,
    connect: () => connectRelay(url),
    async drop() {
      await close();
      await drop();
    },
  };
}

/** A schema holds many statements, which only a connection without prepared ones takes in one text. */
async function run(url: string, texts: readonly string[]): Promise<void> {
  const connection = await connectRelay(url);
  // The server cuts it when the database is dropped.
  connection.onLost(() => {});
  try {
    for (const text of texts) await connection.query(text);
  } finally {
    await connection.close();
  }
}
