import { readdir } from 'node:fs/promises';
import { ensureInstalled, findProgram, type SystemPackage } from './system-packages.ts';

const debian = '/usr/lib/postgresql';

/** Debian's is in a folder of its version; the one on the PATH is a script that asks for a cluster first. */
async function find(): Promise<string | undefined> {
  const versions = await readdir(debian).catch(() => []);
  return findProgram(
    'pgbench',
    versions
      .sort()
      .reverse()
      .map((version) => `${debian}/${version}/bin/pgbench`),
  );
}

const pgbench: SystemPackage = {
  what: 'pgbench (what the services do to PostgreSQL is compared with it)',
  apt: ['postgresql-contrib'],
  brew: 'postgresql',
  present: async () => (await find()) !== undefined,
};

/** The path of pgbench; installed first if there is none. */
export async function providePgbench(log: (line: string) => void): Promise<string> {
  await ensureInstalled([pgbench], { log });
  const path = await find();
  if (path === undefined) throw new Error('pgbench was installed, but is not found');
  return path;
}
