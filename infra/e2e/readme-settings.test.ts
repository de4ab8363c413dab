import { deepStrictEqual } from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { portTable, serviceNames } from '@conveyor/local/stack';

const root = new URL('../../', import.meta.url);

test("the README's table names every variable that is read, and no other", async () => {
  const readme = await readFile(new URL('README.md', root), 'utf8');
  const rows = readme.slice(readme.indexOf('## Settings')).matchAll(/^\| (?<variables>`[^|]+) \|/gm);
  const told = [...rows].flatMap(({ groups }) =>
    [...(groups?.['variables'] ?? '').matchAll(/`([A-Z0-9_]+)`/g)].map(([, name]) => name),
  );

  const read = new Set<string>(Object.values(portTable).map(({ variable }) => variable));
  for (const service of serviceNames) {
    const { Config } = (await import(new URL(`services/${service}/src/app.ts`, root).href)) as {
      Config: { properties: object };
    };
    for (const name of Object.keys(Config.properties)) read.add(name);
  }
  // What Docker Compose takes from `.env`: into the file itself, or for all services.
  for (const file of ['docker-compose.yml', 'docker-compose.cluster.yml']) {
    const compose = await readFile(new URL(file, root), 'utf8');
    for (const [, name = ''] of compose.matchAll(/\$\{([A-Z0-9_]+)/g)) read.add(name);
    for (const [, name = ''] of compose.matchAll(/^ {2}([A-Z0-9_]+):$/gm)) read.add(name);
  }
  deepStrictEqual([...new Set(told)].sort(), [...read].sort());
});
