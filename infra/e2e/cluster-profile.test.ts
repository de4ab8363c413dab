import { deepStrictEqual, ok, strictEqual } from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { serviceNames } from '@conveyor/local/stack';
import { parse, type ScalarTag } from 'yaml';

interface Service {
  readonly hostname?: string;
  readonly environment?: Readonly<Record<string, string | number>>;
  readonly extends?: { readonly file: string; readonly service: string };
  readonly deploy?: { readonly replicas: number };
  readonly depends_on?: Readonly<Record<string, unknown>>;
  readonly networks?: { readonly default: { readonly aliases: readonly string[] } };
  readonly volumes?: readonly string[];
}

const root = new URL('../../', import.meta.url);
const read = (file: string) => readFile(new URL(file, root), 'utf8');

/** Compose's own tags say how a list is merged, which nothing here asks. */
const customTags: ScalarTag[] = ['!override', '!reset'].map((tag) => ({ tag, resolve: (text) => text }));

async function servicesOf(file: string): Promise<Readonly<Record<string, Service>>> {
  const { services } = parse(await read(file), { merge: true, customTags, logLevel: 'error' }) as {
    services: Record<string, Service>;
  };
  return services;
}

const base = await servicesOf('docker-compose.yml');
const cluster = await servicesOf('docker-compose.cluster.yml');
const nodesOf = (server: string) =>
  Object.keys(cluster).filter((name) => name === server || cluster[name]?.extends?.service === server);
const environmentOf = (name: string) => ({
  ...base[cluster[name]?.extends?.service ?? name]?.environment,
  ...cluster[name]?.environment,
});

test('three Kafka brokers keep everything three times, and confirm what two of them have', () => {
  const brokers = nodesOf('kafka');
  strictEqual(brokers.length, 3);
  const ids = brokers.map((name) => environmentOf(name)['KAFKA_NODE_ID']);
  strictEqual(new Set(ids).size, 3);
  const voters = brokers.map((name, index) => `${ids[index]}@${name}:29093`).join(',');
  for (const name of brokers) {
    const environment = environmentOf(name);
    strictEqual(environment['KAFKA_CONTROLLER_QUORUM_VOTERS'], voters, name);
    ok(String(environment['KAFKA_ADVERTISED_LISTENERS']).startsWith(`INSIDE://${name}:29092,`), name);
    const settings = Object.entries(environment);
    const copies = settings.filter(([setting]) => setting.endsWith('REPLICATION_FACTOR'));
    const needed = settings.filter(
      ([setting]) => setting.includes('MIN_ISR') || setting.includes('MIN_INSYNC'),
    );
    ok(copies.length >= 4 && needed.length >= 3, name);
    for (const [setting, value] of copies) strictEqual(value, 3, `${name}: ${setting}`);
    for (const [setting, value] of needed) strictEqual(value, 2, `${name}: ${setting}`);
  }
});

test('three RabbitMQ nodes find each other, answer to one name, and hold three copies of a queue', async () => {
  const nodes = nodesOf('rabbitmq');
  const settings = await read('infra/cluster/rabbitmq.conf');
  const known = [...settings.matchAll(/^cluster_formation\.classic_config\.nodes\.\d = rabbit@(.+)$/gm)];
  const hosts = nodes.map((name) => cluster[name]?.hostname);
  deepStrictEqual(hosts, ['rabbitmq-1', 'rabbitmq-2', 'rabbitmq-3']);
  deepStrictEqual(
    known.map(([, host]) => host),
    hosts,
  );
  for (const name of nodes) {
    const names = [name, ...(cluster[name]?.networks?.default.aliases ?? [])];
    deepStrictEqual(names.sort(), ['rabbitmq', String(cluster[name]?.hostname)].sort(), name);
    ok(
      cluster[name]?.volumes?.some((volume) => volume.startsWith('./infra/cluster/rabbitmq.conf:')),
      name,
    );
    strictEqual(
      environmentOf(name)['RABBITMQ_ERLANG_COOKIE'],
      environmentOf('rabbitmq')['RABBITMQ_ERLANG_COOKIE'],
    );
  }
  ok(settings.includes('quorum_queue.continuous_membership_reconciliation.target_group_size = 3'));
});

test('each server that is added has a volume of its own', () => {
  const added = [...nodesOf('kafka'), ...nodesOf('rabbitmq')].filter((name) => cluster[name]?.extends);
  strictEqual(added.length, 4);
  for (const name of added) {
    const volumes = cluster[name]?.volumes?.filter((volume) => !volume.startsWith('.')) ?? [];
    const original = base[cluster[name]?.extends?.service ?? '']?.volumes ?? [];
    const places = original.filter((volume) => !volume.startsWith('.')).map((volume) => volume.split(':')[1]);
    deepStrictEqual(
      volumes,
      places.map((place) => `${name}:${place}`),
    );
  }
});

for (const name of serviceNames.filter((service) => service !== 'sandbox')) {
  test(`there are two of ${name}, which wait for all brokers, know them, and want quorum queues only`, () => {
    const { deploy, depends_on: awaited = {}, environment = {} } = cluster[name] ?? {};
    strictEqual(deploy?.replicas, 2);
    const brokers = nodesOf('kafka').map((broker) => `${broker}:29092`);
    strictEqual(environment['KAFKA_BROKERS'], brokers.join(','));
    strictEqual(environment['RABBITMQ_QUEUE_TYPES'], 'quorum');
    const waited = new Set([...Object.keys(base[name]?.depends_on ?? {}), ...Object.keys(awaited)]);
    for (const broker of [...nodesOf('kafka'), ...nodesOf('rabbitmq')]) ok(waited.has(broker), broker);
  });
}
