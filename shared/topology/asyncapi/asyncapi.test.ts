import { deepStrictEqual, ok, strictEqual } from 'node:assert/strict';
import { test } from 'node:test';
import { type AsyncAPIDocumentInterface, Parser } from '@asyncapi/parser';
import { messageTypes, versionsOf } from '@conveyor/contracts/messages';
import { consumerNames } from '../consumers.ts';
import { kafkaTopology } from '../kafka.ts';
import { rabbitTopology } from '../rabbitmq.ts';
import { senders } from '../senders.ts';
import { asyncApi } from './document.ts';

const waits = { delays: { orderExpiresAfterMs: 12_345 }, retryDelaysMs: [1_000, 5_000] };
const hosts = { rabbitmq: 'localhost:5672', kafka: 'localhost:9092' };
const text = JSON.stringify(asyncApi({ hosts, ...waits }));

/** What the official parser has made of it: references and traits resolved. */
const { document, diagnostics } = await new Parser().parse(text);
const parsed = (): AsyncAPIDocumentInterface => {
  if (!document)
    throw new Error(diagnostics.map(({ message, path }) => `${path.join('/')}: ${message}`).join('\n'));
  return document;
};

const addresses = (is: (id: string) => boolean) =>
  parsed()
    .channels()
    .filter((channel) => is(channel.id()))
    .map((channel) => channel.address() ?? '')
    .sort();

test('the document is valid AsyncAPI 3, without errors and without warnings', () => {
  const [error, warning] = [0, 1];
  deepStrictEqual(
    diagnostics
      .filter(({ severity }) => severity === error || severity === warning)
      .map(({ message, path }) => `${path.join('/')}: ${message}`),
    [],
  );
  strictEqual(parsed().version(), '3.0.0');
});

test('it has every queue, every topic and every exchange of the brokers, and no others', () => {
  const { queues, exchanges } = rabbitTopology(waits.delays, waits.retryDelaysMs);
  const { topics } = kafkaTopology(waits.delays, waits.retryDelaysMs);
  const names = (all: readonly { readonly name: string }[]) => all.map(({ name }) => name).sort();
  deepStrictEqual(
    addresses((id) => id.startsWith('rabbitmq.queue.')),
    names(queues),
  );
  deepStrictEqual(
    addresses((id) => id.startsWith('kafka.')),
    names(topics),
  );
  const used = parsed()
    .channels()
    .all()
    .map((channel) => channel.bindings().get('amqp')?.value<{ exchange?: { name: string } }>().exchange?.name)
    .filter((name) => name !== undefined);
  // Dead letters are described where they lie.
  deepStrictEqual([...new Set(used), 'dead-letters'].sort(), names(exchanges));
});

test('every version of every message is on both brokers, with its envelope and its body', () => {
  const messages = parsed().components().messages();
  for (const type of messageTypes) {
    versionsOf(type).forEach((_, n) => {
      for (const [broker, prefix] of [
        ['rabbitmq', 'cloudEvents:'],
        ['kafka', 'ce_'],
      ]) {
        const message = messages.get(`${broker}.${type}.v${n + 1}`);
        const headers = message?.headers();
        ok(headers?.required()?.includes(`${prefix}id`), `${broker} ${type}`);
        strictEqual(headers?.property(`${prefix}specversion`)?.const(), '1.0');
        const dataschema = headers?.property(`${prefix}dataschema`);
        strictEqual(dataschema?.const(), `urn:conveyor:${type}:${n + 1}`);
        ok(message?.hasPayload(), `${broker} ${type}`);
      }
    });
  }
});

test('every message is sent by its senders and taken by its consumers, on channels that carry it', () => {
  const operations = parsed()
    .operations()
    .all()
    .map((operation) => ({ operation, id: operation.id() ?? '' }));
  for (const type of messageTypes) {
    const sending = operations.filter(
      ({ operation, id }) => operation.isSend() && id.includes(`.sends.${type}.to.`),
    );
    const services = sending.map(({ id }) => id.slice(0, id.indexOf('.')));
    deepStrictEqual([...new Set(services)].sort(), [...senders[type]].sort(), type);
  }
  for (const name of consumerNames) {
    const own = operations.filter(
      ({ operation, id }) => operation.isReceive() && id.startsWith(`${name}.takes.`),
    );
    ok(own.length > 0, name);
    for (const { operation, id } of own) ok(operation.messages().length > 0, `${id} takes nothing`);
  }
});

test('the parser would tell: a reference that leads nowhere is an error', async () => {
  const wrong = text.replaceAll('#/servers/kafka', '#/servers/pigeon');
  strictEqual((await new Parser().parse(wrong)).document, undefined);
});
