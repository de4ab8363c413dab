import type { Databases } from '@conveyor/e2e/databases';
import { databaseOf, type Stack, serviceNames } from '@conveyor/local/stack';

export const copyOf = (database: string) => `${database}_copy`;

/**
 * Copies the services' databases as they are, so that what is written into the copies reaches no service. The services are
 * stopped meanwhile: PostgreSQL copies no database that somebody is in.
 */
export async function copyDatabases(stack: Stack, databases: Databases): Promise<void> {
  const names = serviceNames.map(databaseOf);
  await Promise.all(Object.values(stack.services).map((service) => service.stop()));
  // Connections of our own are in the way, too; a pool opens others.
  await databases.query(
    'postgres',
    'select pg_terminate_backend(pid) from pg_stat_activity where datname = any($1)',
    [names],
  );
  for (const name of names)
    await databases.query('postgres', `create database ${copyOf(name)} template ${name} owner ${name}`);
  await stack.startServices();
}
