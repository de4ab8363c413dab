import { readFile } from 'node:fs/promises';
import type { StageDatabase } from '../../shared/patterns/demo.ts';
import { createLogger } from '../../shared/service-kit/logger.ts';
import { connectRelay } from '../../shared/service-kit/messaging/connect-relay.ts';
import { openPostgres } from '../../shared/service-kit/postgres.ts';

const connections = 10;

export interface ScratchDatabase extends StageDatabase {
  /** Ends every connection and removes it. */
  drop(): Promise<void>;
}

/** Makes the database `name` on the server at `server`, with the tables of `schemas`, SQL or files of it. */
export async function createScratchDatabase(
  server: string,
  name: string,
  schemas: readonly (URL | string)[],
): Promise<ScratchDatabase> {
  await run(server, [`create database ${name}`]);
  const url = new URL(`/${name}`, server).href;
  const drop = () => run(server, [`drop database if exists ${name} with (force)`]);
  try {
    await run(url, await Promise.all(schemas.map(textOf)));
  } catch (error) {
    await drop();
    throw error;
  }
  const { close, ...database } = openScratchDatabase(url);
  return {
    ...database,
    async drop() {
      await close();
      await drop();
    },
  };
}

/** For whoever did not make it, and does not remove it. */
export function openScratchDatabase(url: string): StageDatabase & { close(): Promise<void> } {
  const { query, transaction, close } = openPostgres(url, connections, createLogger('demo', 'silent'));
  return { query, transaction, close, connect: () => connectRelay(url) };
}

async function textOf(schema: URL | string): Promise<string> {
  return typeof schema === 'string' ? schema : readFile(schema, 'utf8');
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
