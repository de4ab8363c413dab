import { deepStrictEqual, ok, strictEqual } from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { after, before, describe, test } from 'node:test';
import type { DeadLetterDetails, DeadLetterList } from '@conveyor/contracts/http';
import { eventually } from '@conveyor/testing/eventually';
import { combinations } from './combinations.ts';
import { running, runningDatabases } from './running-system.ts';
import type { System } from './system.ts';
import { kafkaByHand, rabbitByHand, type Travelling } from './travelling.ts';

const patient = { timeoutMs: 60_000 };

/** Who can be found nowhere but where he is needed: other tests have customers of their own. */
const customerId = `secretive-${randomUUID()}`;

/** What may stand nowhere, by its look. Whoever the customer is, events say by a pseudonym. */
const secretsOf = ({ stack }: System): Readonly<Record<string, RegExp>> => ({
  'a payment token': /\btok_\w/,
  "a customer's address": /@customers\.example/,
  'the admin token': literal(stack.env.ADMIN_TOKEN),
  'a password of a server': /\b(postgres(ql)?|amqp|https?):\/\/[^\s"/]+:[^\s"/]+@/,
});

const literal = (text: string) => new RegExp(text.replaceAll(/[^\w]/g, '\\$&'));

/** Which of `secrets` stand in one of these texts, each with the place and what is around it. */
function found(secrets: Readonly<Record<string, RegExp>>, texts: Iterable<readonly [string, string]>) {
  const all: string[] = [];
  for (const [place, text] of texts) {
    for (const [name, looks] of Object.entries(secrets)) {
      const at = text.search(looks);
      if (at >= 0) all.push(`${name} in ${place}: ${text.slice(Math.max(0, at - 100), at + 100)}`);
    }
  }
  return all;
}

interface AsyncApi {
  readonly channels: Readonly<
    Record<
      string,
      {
        readonly address: string | null;
        readonly bindings?: {
          readonly amqp?: { readonly is: string; readonly exchange?: { readonly name: string } };
        };
      }
    >
  >;
}

// What the system writes down and sends around, searched for what is nobody's business.

describe('secrets and personal data', () => {
  let secrets: Readonly<Record<string, RegExp>>;
  let channels: readonly AsyncApi['channels'][string][];
  let tap: Awaited<ReturnType<ReturnType<typeof rabbitByHand>['tap']>>;
  let orderIds: readonly string[];
  let letters: readonly DeadLetterDetails[];

  before(async () => {
    const system = running();
    secrets = secretsOf(system);
    channels = Object.values((await system.call<AsyncApi>('GET', '/asyncapi.json')).body.channels);
    tap = await rabbitByHand(system.stack).tap(
      channels.flatMap(({ address, bindings }) => {
        const exchange = bindings?.amqp?.is === 'routingKey' ? bindings.amqp.exchange?.name : undefined;
        return exchange === undefined ? [] : [{ exchange, key: address ?? '' }];
      }),
    );
    orderIds = await ordersOfAllKinds(system);
    letters = await lettersOf(system, orderIds);
  });
  after(() => tap?.remove());

  const withCustomer = () => ({ ...secrets, 'who the customer is': literal(customerId) });

  test('stand in no log of a service', async () => {
    const { services } = running().stack;
    const logs = await Promise.all(
      Object.values(services).map(async ({ name, log }) => [name, await readFile(log, 'utf8')] as const),
    );
    for (const [name, text] of logs) ok(text.includes('"service"'), `${name} has written no log`);
    deepStrictEqual(found(withCustomer(), logs), []);
  });

  test('stand in no message; of the customer there is his pseudonym alone', async () => {
    const kafka = await kafkaByHand(running().stack);
    try {
      const onKafka = await kafka.read(await kafka.topics());
      const onRabbit = await tap.take();
      for (const [broker, messages] of [
        ['kafka', onKafka],
        ['rabbitmq', onRabbit],
      ] as const) {
        ok(
          messages.some(({ body }) => body.includes(customerId)),
          `no message of ${broker} was seen`,
        );
      }
      deepStrictEqual(found(secrets, [...onKafka, ...onRabbit].map(asText)), []);
    } finally {
      await kafka.close();
    }
  });

  test('stand in no entry of the flight recorder', async () => {
    const rows = await runningDatabases().query<{ order_id: string }>(
      'conveyor_gateway',
      'select * from journal',
    );
    for (const id of orderIds) ok(rows.some(({ order_id }) => order_id === id));
    deepStrictEqual(
      found(
        withCustomer(),
        rows.map((row) => ['the journal', JSON.stringify(row)] as const),
      ),
      [],
    );
  });

  test('stand in nothing that the stream tells', async () => {
    const told = await streamUntil(running(), (text) => orderIds.every((id) => text.includes(id)));
    deepStrictEqual(found(withCustomer(), [['the stream', told]]), []);
  });

  test('stand in no dead letter, as it is shown', () => {
    strictEqual(letters.length, combinations.length);
    deepStrictEqual(
      found(
        secrets,
        letters.map((letter) => [letter.consumer, JSON.stringify(letter)] as const),
      ),
      [],
    );
  });

  test('would be found', () => {
    const { ADMIN_TOKEN } = running().stack.env;
    const texts = [
      '"tok_slow"',
      'to: ada@customers.example',
      `Bearer ${ADMIN_TOKEN}`,
      'amqp://a:b@c',
      customerId,
    ];
    for (const text of texts) strictEqual(found(withCustomer(), [['here', text]]).length, 1, text);
  });
});

/** In all combinations: completed, declined, refused for its input, and one whose message becomes a dead letter. */
async function ordersOfAllKinds(system: System): Promise<readonly string[]> {
  const items = [{ sku: 'mug', quantity: 1 }];
  const place = async (more: object) =>
    (await system.place({ customerId, items, ...more }, { headers: { 'idempotency-key': randomUUID() } }))
      .body.orderId;
  const refused = { customerId, items, paymentToken: 'tok_of-nobody' };
  strictEqual((await system.place(refused)).status, 400);
  const ended = await Promise.all(
    combinations.flatMap((combination) =>
      ['tok_approved', 'tok_declined', 'tok_flaky'].map((paymentToken) =>
        place({ ...combination, paymentToken }),
      ),
    ),
  );
  for (const orderId of ended) await system.final(orderId, patient.timeoutMs);
  await setFault(system, 'error');
  const stranded = await Promise.all(
    combinations.map((combination) => place({ ...combination, paymentToken: 'tok_slow' })),
  );
  return [...ended, ...stranded];
}

/** Those of these orders, which go on afterwards: nothing stays behind for the tests that follow. */
async function lettersOf(system: System, orderIds: readonly string[]): Promise<readonly DeadLetterDetails[]> {
  const call = <Body>(method: string, path: string, body?: object) =>
    system.call<Body>(method, path, { admin: true, ...(body && { body }) });
  const waiting = await eventually(async () => {
    const { body } = await call<DeadLetterList>('GET', '/api/dead-letters?limit=100');
    const theirs = body.deadLetters.filter(({ orderId }) => orderIds.includes(orderId ?? ''));
    strictEqual(theirs.length, combinations.length);
    return theirs;
  }, patient);
  await setFault(system, 'ok');
  const letters: DeadLetterDetails[] = [];
  for (const { id, orderId } of waiting) {
    letters.push((await call<DeadLetterDetails>('GET', `/api/dead-letters/${id}`)).body);
    strictEqual((await call('POST', `/api/dead-letters/${id}/redrive`, {})).status, 200);
    await system.final(orderId ?? '', patient.timeoutMs);
  }
  return letters;
}

async function setFault(system: System, mode: 'ok' | 'error'): Promise<void> {
  const body = { inventory: { mode } };
  strictEqual((await system.call('PUT', '/api/faults', { admin: true, body })).status, 200);
}

function asText(message: Travelling): readonly [string, string] {
  return [JSON.stringify(message.place), JSON.stringify([message.headers, message.body])];
}

/** All that the stream has told from its beginning, until it has told enough. */
async function streamUntil({ stack }: System, isEnough: (text: string) => boolean): Promise<string> {
  const stop = new AbortController();
  const response = await fetch(`http://127.0.0.1:${stack.ports.gateway}/api/stream`, {
    headers: { 'last-event-id': '0' },
    signal: stop.signal,
  });
  let text = '';
  for await (const chunk of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
    text += chunk;
    if (isEnough(text)) break;
  }
  stop.abort();
  return text;
}
