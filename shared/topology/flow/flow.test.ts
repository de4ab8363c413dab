import { deepStrictEqual, ok, strictEqual } from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { messageTypes } from '@conveyor/contracts/messages';
import { consumerNames, queueConsumers } from '../consumers.ts';
import { kafkaTopology } from '../kafka.ts';
import { kafkaGroups } from '../kafka-groups.ts';
import { rabbitTopology } from '../rabbitmq.ts';
import { senders, serviceOf } from '../senders.ts';
import { flowOf } from './flow.ts';
import { merged } from './graph.ts';

const waits = { delays: { orderExpiresAfterMs: 12_345 }, retryDelaysMs: [1_000, 5_000] };
const { nodes, links } = flowOf(waits);
const rabbit = rabbitTopology(waits.delays, waits.retryDelaysMs);
const kafka = kafkaTopology(waits.delays, waits.retryDelaysMs);
const byId = new Map(nodes.map((node) => [node.id, node]));

const namesOf = (kind: (typeof nodes)[number]['kind']) =>
  nodes
    .filter((node) => node.kind === kind)
    .map(({ name }) => name)
    .sort();
const names = (all: readonly { readonly name: string }[]) => all.map(({ name }) => name).sort();

/** The links between nodes of these names. */
const between = (from: string, to: string) =>
  links.filter((link) => byId.get(link.from)?.name === from && byId.get(link.to)?.name === to);

/** Every node that messages from this one can reach. */
function reachedFrom(id: string): ReadonlySet<string> {
  const reached = new Set<string>();
  const next = [id];
  for (let at = next.pop(); at !== undefined; at = next.pop()) {
    for (const { to } of links.filter(({ from }) => from === at)) {
      if (reached.has(to)) continue;
      reached.add(to);
      // What a service does with a message is its own affair.
      if (byId.get(to)?.kind !== 'service') next.push(to);
    }
  }
  return reached;
}

test('every exchange, queue, topic, group and service is on it, once, and nothing else', () => {
  strictEqual(byId.size, nodes.length);
  deepStrictEqual(namesOf('exchange'), names(rabbit.exchanges));
  deepStrictEqual(namesOf('queue'), names(rabbit.queues));
  deepStrictEqual(namesOf('topic'), names(kafka.topics));
  deepStrictEqual(namesOf('group'), names(kafkaGroups(waits)));
  deepStrictEqual(namesOf('service'), [...new Set(consumerNames.map(serviceOf))].sort());
});

test('every binding is a link that says its key', () => {
  for (const { exchange, queue, key } of rabbit.bindings) {
    const [link] = between(exchange, queue);
    ok(link, `${exchange} → ${queue}`);
    ok(key === '' || link.label?.split(', ').includes(key), `${exchange} → ${queue}: ${link.label}`);
  }
});

test('every group reads its topics', () => {
  for (const { name, topics } of kafkaGroups(waits)) {
    for (const topic of topics) strictEqual(between(topic, name).length, 1, `${topic} → ${name}`);
  }
});

test('links join nodes that exist, each way once', () => {
  for (const { from, to } of links) ok(byId.has(from) && byId.has(to), `${from} → ${to}`);
  strictEqual(new Set(links.map(({ from, to }) => `${from} ${to}`)).size, links.length);
});

test('nothing ends in a queue or topic but what is kept', () => {
  const ends = nodes.filter(({ id }) => links.every(({ from }) => from !== id)).map(({ name }) => name);
  // Nobody reads the snapshots here; they are for others.
  deepStrictEqual(ends, ['order-snapshots']);
});

test('nothing is taken from where nobody sends', () => {
  const beginnings = nodes.filter(({ id }) => links.every(({ to }) => to !== id)).map(({ name }) => name);
  deepStrictEqual(beginnings, []);
});

test('every message type leaves each of its senders, under its name', () => {
  for (const type of messageTypes) {
    for (const service of senders[type]) {
      const sent = links.filter(
        ({ from, label }) => from === `service.${service}` && label?.split(', ').includes(type),
      );
      ok(sent.length > 0, `${service} sends ${type}`);
    }
  }
});

test('a consumer has a place for its work on each of its brokers, from which its service is reached', () => {
  for (const consumer of consumerNames) {
    const places = nodes.filter((node) => node.consumer === consumer && node.role === 'work');
    const brokers = places.filter(({ kind }) => kind !== 'topic').map(({ broker }) => broker);
    deepStrictEqual(brokers, queueConsumers.includes(consumer) ? ['rabbitmq', 'kafka'] : ['kafka']);
    for (const { id } of places) ok(reachedFrom(id).has(`service.${serviceOf(consumer)}`), id);
  }
});

test('what waits for its time comes back to its consumer, and each has dead letters', () => {
  for (const consumer of queueConsumers) {
    const retries = nodes.filter(
      ({ consumer: owner, role, kind }) => owner === consumer && role === 'delay' && kind === 'queue',
    );
    ok(retries.length > 0, consumer);
    for (const { id } of retries) ok(reachedFrom(id).has(`rabbitmq.queue.${consumer}`), id);
  }
  for (const consumer of consumerNames) {
    const dead = nodes.filter(({ consumer: owner, role }) => owner === consumer && role === 'dead');
    deepStrictEqual(
      dead.map(({ broker }) => broker),
      queueConsumers.includes(consumer) ? ['rabbitmq', 'kafka'] : ['kafka'],
    );
  }
});

test('every node names a chapter that there is', () => {
  const folders = readdirSync(dirname(fileURLToPath(import.meta.resolve('@conveyor/patterns/demo'))));
  const chapters = new Set(folders.map((folder) => folder.replace(/^\d+[a-z]?-/, '')));
  for (const { id, chapter } of nodes) ok(chapter && chapters.has(chapter), `${id}: ${chapter}`);
});

test('the log of all orders is a log, commands are work', () => {
  const roleOf = (name: string) => nodes.find((node) => node.name === name && node.kind === 'topic')?.role;
  deepStrictEqual(['order-events', 'inventory-commands', 'payment-charge-high'].map(roleOf), [
    'log',
    'work',
    'work',
  ]);
});

test('links of one way are one, and each label is said once', () => {
  const [from, to] = ['a', 'b'];
  deepStrictEqual(
    merged([
      { from, to, label: 'x' },
      { from: to, to: from },
      { from, to, label: 'y' },
      { from, to, label: 'x' },
      { from, to },
    ]),
    [
      { from, to, label: 'x, y' },
      { from: to, to: from },
    ],
  );
});
