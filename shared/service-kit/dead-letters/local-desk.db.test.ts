import { deepStrictEqual, rejects, strictEqual } from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { after, before, test } from 'node:test';
import { newMessageId } from '@conveyor/brokers';
import type { JournalEntry } from '@conveyor/contracts/messages';
import type { DeadLetter } from '@conveyor/patterns/dead-letter-queue/dead-letter';
import { keepDeadLetter } from '@conveyor/patterns/dead-letter-queue/dead-letters';
import { buildLetter } from '@conveyor/patterns/dead-letter-queue/letter.fixture';
import { createTestDatabase, type TestDatabase } from '@conveyor/testing/test-database';
import { uniqueName } from '@conveyor/testing/unique-name';
import { createLocalDesk } from './local-desk.ts';

let database: TestDatabase;

before(async () => {
  const schema = (name: string) => readFile(new URL(name), 'utf8');
  database = await createTestDatabase([
    await schema(import.meta.resolve('@conveyor/patterns/dead-letter-queue/schema.sql')),
    await schema(import.meta.resolve('@conveyor/patterns/transactional-outbox/schema.sql')),
    await schema(import.meta.resolve('@conveyor/patterns/idempotent-consumer/schema.sql')),
    await schema(new URL('../journal/schema.sql', import.meta.url).href),
  ]);
});
after(() => database.drop());

function openDesk() {
  const woken: string[] = [];
  const desk = createLocalDesk({ service: 'payment', database, wake: (broker) => woken.push(broker) });
  return { ...desk, woken };
}

async function keep(more: Partial<DeadLetter> = {}): Promise<DeadLetter> {
  const letter = buildLetter(more);
  await keepDeadLetter(database, letter);
  return letter;
}

async function sentOf({ attributes }: DeadLetter) {
  const { rows } = await database.query<{
    readonly body: Buffer;
    readonly attributes: Record<string, string>;
  }>('select broker, channel, routing_key, attributes, body from outbox where message_id = $1', [
    attributes.id,
  ]);
  return rows;
}

async function recordedOf({ attributes }: DeadLetter) {
  const { rows } = await database.query<{ readonly broker: string; readonly entry: JournalEntry }>(
    `select broker, entry from journal_outbox where entry->>'orderId' = $1`,
    [attributes['subject']],
  );
  return rows;
}

const plain = { dryRun: false, who: 'ada' };

test('a page has as many letters as asked for, and a cursor as long as there are more', async () => {
  const consumer = uniqueName('consumer');
  const letters: DeadLetter[] = [];
  for (let n = 0; n < 4; n += 1) letters.push(await keep({ consumer }));
  const newestFirst = letters.map(({ id }) => id).reverse();
  const { list } = openDesk();
  const first = await list({ consumer, limit: 2 });
  deepStrictEqual(
    [first.total, first.deadLetters.map(({ id }) => id), first.nextCursor],
    [4, newestFirst.slice(0, 2).map((id) => `payment.${id}`), newestFirst[1]],
  );
  const second = await list({ consumer, limit: 2, cursor: first.nextCursor });
  deepStrictEqual(
    [second.total, second.deadLetters.map(({ id }) => id), second.nextCursor],
    [4, newestFirst.slice(2).map((id) => `payment.${id}`), undefined],
  );
  strictEqual((await list({ consumer, broker: 'kafka', limit: 2 })).total, 0);
});

test('a letter that is looked at alone has its body to the letter, and what was done to it', async () => {
  const letter = await keep({ body: Buffer.from('{ "amount": 1 }') });
  const { find, redrive } = openDesk();
  await redrive(letter.id, plain);
  const found = await find(letter.id);
  strictEqual(found?.payloadText, '{ "amount": 1 }');
  strictEqual(found.status, 'redriven');
  deepStrictEqual(
    found.actions.map(({ who, what }) => `${what} by ${who}`),
    ['redriven by ada'],
  );
  strictEqual(await find(newMessageId()), undefined);
});

for (const [broker, channel, key] of [
  ['rabbitmq', '', 'payment.charge'],
  ['kafka', 'payment.charge-retry-0', 'an-order'],
] as const) {
  test(`${broker}: a redriven message goes to the consumer that failed, and is recorded`, async () => {
    const origin = { broker, channel: 'charges', address: { channel: 'charges', key: 'an-order' } };
    const subject = randomUUID();
    const built = buildLetter();
    const letter = await keep({ broker, origin, attributes: { ...built.attributes, subject, broker } });
    const { redrive, woken } = openDesk();
    deepStrictEqual(await redrive(letter.id, plain), {
      outcome: 'redriven',
      id: `payment.${letter.id}`,
      messageId: letter.attributes['id'],
      consumer: 'payment.charge',
      broker,
    });
    const sent = (await sentOf(letter)) as object[];
    deepStrictEqual(sent, [
      { broker, channel, routing_key: key, attributes: letter.attributes, body: letter.body },
    ]);
    const [recorded] = await recordedOf(letter);
    deepStrictEqual(recorded, {
      broker,
      entry: {
        id: recorded?.entry.id,
        orderId: subject,
        at: recorded?.entry.at,
        kind: 'redriven',
        service: 'payment',
        consumer: 'payment.charge',
        broker,
        detail: 'attempts-exhausted',
        type: 'payment.charge',
        messageId: letter.attributes['id'],
      },
    });
    deepStrictEqual(woken, [broker]);
  });
}

test('a letter on one broker about an order on the other wakes both', async () => {
  const letter = await keep({ broker: 'kafka' });
  const { redrive, woken } = openDesk();
  await redrive(letter.id, plain);
  deepStrictEqual(woken, ['kafka', 'rabbitmq']);
});

test('an edited payload is sent when it fits today, and refused by the name of its field when it does not', async () => {
  const letter = await keep();
  const { redrive, find } = openDesk();
  const payload = {
    orderId: letter.attributes['subject'],
    amount: { amount: 1, currency: 'BTC' },
    priority: 'low',
  };
  await rejects(redrive(letter.id, { ...plain, payload }), (error) => {
    deepStrictEqual(
      [
        (error as { status: number }).status,
        (error as { fields: readonly { field: string }[] }).fields[0]?.field,
      ],
      [422, 'payload.amount.currency'],
    );
    return true;
  });
  deepStrictEqual((await find(letter.id))?.status, 'waiting');
  const better = { ...payload, amount: { amount: 1, currency: 'EUR' } };
  await redrive(letter.id, { ...plain, payload: better });
  const [sent] = await sentOf(letter);
  deepStrictEqual(JSON.parse(sent?.body.toString() ?? ''), better);
  strictEqual(sent?.attributes['dataschema'], 'urn:conveyor:payment.charge:1');
});

test('of many, numbers tell what became of them', async () => {
  const consumer = uniqueName('consumer');
  const letters = [await keep({ consumer }), await keep({ consumer }), await keep({ consumer })];
  await keep({ consumer, attributes: {} });
  await database.query('insert into inbox (message_id, consumer) values ($1, $2)', [
    letters[0]?.attributes['id'],
    consumer,
  ]);
  const { redriveMany, woken } = openDesk();
  const many = { ...plain, consumer, limit: 100 };
  deepStrictEqual(await redriveMany({ ...many, dryRun: true }), {
    outcome: 'would-redrive',
    redriven: 0,
    wouldRedrive: 2,
    alreadyHandled: 1,
    remaining: 4,
    dryRun: true,
  });
  deepStrictEqual(await redriveMany({ ...many, limit: 2 }), {
    outcome: 'redriven',
    redriven: 1,
    alreadyHandled: 1,
    remaining: 2,
  });
  deepStrictEqual(await redriveMany(many), {
    outcome: 'redriven',
    redriven: 1,
    alreadyHandled: 0,
    remaining: 1,
  });
  deepStrictEqual(await redriveMany(many), {
    outcome: 'already-handled',
    redriven: 0,
    alreadyHandled: 0,
    remaining: 1,
  });
  deepStrictEqual(woken, ['rabbitmq', 'rabbitmq']);
});

test('only what waits can be discarded, and only once', async () => {
  const [letter, sent] = [await keep(), await keep()];
  const { discard, redrive } = openDesk();
  strictEqual((await discard(letter.id, 'ada'))?.outcome, 'discarded');
  strictEqual(await discard(letter.id, 'ada'), undefined);
  await redrive(sent.id, plain);
  strictEqual((await discard(sent.id, 'ada'))?.outcome, 'already-handled');
  strictEqual((await redrive(sent.id, plain))?.outcome, 'already-handled');
});
