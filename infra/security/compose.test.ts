import { deepStrictEqual, match, ok, strictEqual } from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { describe, test } from 'node:test';
import { parse } from 'yaml';

const root = new URL('../../', import.meta.url);

interface Container {
  readonly image: string;
  readonly user?: string;
  readonly init?: boolean;
  readonly read_only?: boolean;
  readonly privileged?: boolean;
  readonly network_mode?: string;
  readonly pid?: string;
  readonly tmpfs?: readonly string[];
  readonly cap_drop?: readonly string[];
  readonly cap_add?: readonly string[];
  readonly security_opt?: readonly string[];
  readonly ports?: readonly string[];
  readonly volumes?: readonly string[];
  readonly mem_limit?: string;
  readonly healthcheck?: { readonly test?: readonly string[] };
  readonly logging?: { readonly options: { readonly 'max-size': string } };
}

const compose = parse(await readFile(new URL('docker-compose.yml', root), 'utf8'), { merge: true }) as {
  readonly services: Readonly<Record<string, Container>>;
};
const containers = Object.entries(compose.services);
const ours = containers.filter(([, { image }]) => image === 'conveyor/node');

/** What the servers are allowed, of all that root is. `lgtm`, several servers in one image that runs as root, is left as it comes. */
const ownUser = ['CHOWN', 'DAC_OVERRIDE', 'FOWNER', 'SETGID', 'SETUID'];
const capabilities: Readonly<Record<string, readonly string[]>> = {
  postgres: ownUser,
  rabbitmq: ownUser,
  kafka: [],
  elasticsearch: [],
  collector: [],
  'kafka-page': [],
};

describe('every container', () => {
  for (const [name, container] of containers) {
    test(`${name} cannot gain rights, and has none of the machine's`, () => {
      ok(container.security_opt?.includes('no-new-privileges:true'));
      strictEqual(container.privileged, undefined);
      strictEqual(container.network_mode, undefined);
      strictEqual(container.pid, undefined);
      const mounts = (container.volumes ?? []).filter((volume) => /docker\.sock|^\/:/.test(volume));
      deepStrictEqual(mounts, []);
    });

    test(`${name} is reached from this machine only, and cannot fill its memory or disk`, () => {
      for (const port of container.ports ?? []) match(port, /^127\.0\.0\.1:/);
      ok(container.mem_limit);
      ok(container.logging?.options['max-size']);
    });

    test(`${name} reads our files and does not write them`, () => {
      const folders = (container.volumes ?? []).filter((volume) => /^[./]/.test(volume));
      for (const volume of folders) match(volume, /:ro$/);
    });

    test(`${name} comes in a version that is named`, () => {
      match(container.image, /^conveyor\/node$|:v?\d/);
    });
  }
});

describe('a container of ours', () => {
  test('there are as many as services, a mail inbox and the tools', () => strictEqual(ours.length, 10));

  for (const [name, container] of ours) {
    test(`${name} has no capability, writes nowhere but in memory, and is nobody special`, () => {
      deepStrictEqual(container.cap_drop, ['ALL']);
      strictEqual(container.cap_add, undefined);
      strictEqual(container.read_only, true);
      deepStrictEqual(container.tmpfs, ['/tmp']);
      // The image's own user, which is not root.
      strictEqual(container.user, undefined);
      strictEqual(container.init, true);
    });
  }

  test('runs as a user who owns none of its files', async () => {
    const dockerfile = await readFile(new URL('infra/images/Dockerfile', root), 'utf8');
    const lastStage = dockerfile.slice(dockerfile.lastIndexOf('\nFROM '));
    match(lastStage, /\nUSER node\n*$/);
    strictEqual(/--chown|chown|chmod/.test(lastStage), false);
  });
});

describe('a server', () => {
  for (const [name, allowed] of Object.entries(capabilities)) {
    test(`${name} has the capabilities that its start needs, and no other`, () => {
      const { cap_drop, cap_add = [] } = compose.services[name] ?? {};
      deepStrictEqual([cap_drop, [...cap_add].sort()], [['ALL'], allowed]);
    });
  }

  test('postgres is healthy only with the last of the databases that its first start makes', async () => {
    const script = await readFile(new URL('infra/postgres/databases.sql', root), 'utf8');
    const last = [...script.matchAll(/^create database (?<name>\w+)/gm)].at(-1)?.groups?.['name'];
    const { test: command } = compose.services['postgres']?.healthcheck ?? {};
    ok(last && command?.at(-1)?.endsWith(`/${last}`), command?.join(' '));
  });
});
