import { deepStrictEqual, notStrictEqual, ok, rejects, strictEqual } from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { after, before, test } from 'node:test';
import { type Attributes, type Delivery, newMessageId, readEnvelope } from '@conveyor/brokers';
import type { JournalEntry } from '@conveyor/contracts/messages';
import {
  InfrastructureFault,
  PermanentFault,
  TransientFault,
} from '@conveyor/patterns/dead-letter-queue/failure';
import { buildMessage } from '@conveyor/testing/build-message';
import { createTestDatabase, type TestDatabase } from '@conveyor/testing/test-database';
import { createLogger } from '../logger.ts';
import type { Message } from '../messaging/message.ts';
import { on, onTask, type Subscription } from '../messaging/subscription.ts';
import { recordState } from './journal-rows.ts';
import { createRecorder, type RecorderOptions, type Recording } from './recorder.ts';

const log = createLogger('test', 'silent');
let database: TestDatabase;

before(async () => {
  const schema = (name: string) => readFile(new URL(name), 'utf8');
  database = await createTestDatabase([
    await schema(import.meta.resolve('@conveyor/patterns/transactional-outbox/schema.sql')),
    await schema(import.meta.resolve('@conveyor/patterns/idempotent-consumer/schema.sql')),
    await schema(new URL('schema.sql', import.meta.url).href),
  ]);
});
after(() => database.drop());

/** A delivery of `inventory.reserve`, and the message in it. */
function arrive(more: Attributes = {}): { delivery: Delivery; message: Message; orderId: string } {
  const orderId = randomUUID();
  const { attributes, body } = buildMessage({
    channel: 'commands',
    subject: orderId,
    attributes: { type: 'inventory.reserve', saga: 'orchestration', broker: 'rabbitmq', ...more },
  });
  const origin = {
    broker: 'rabbitmq',
    channel: 'inventory.commands',
    address: { channel: '', key: '' },
  } as const;
  const envelope = readEnvelope(attributes);
  if ('missing' in envelope) throw new Error(envelope.missing);
  return {
    orderId,
    delivery: { attributes, headers: {}, body, origin, redelivered: false },
    message: { id: envelope.id, type: 'inventory.reserve', envelope, data: {} as Message['data'] },
  };
}

const recorder = (more: Partial<RecorderOptions> = {}) =>
  createRecorder({
    service: 'inventory',
    consumer: 'inventory.commands',
    database,
    onWritten: () => {},
    lastOfLadder: 4,
    log,
    ...more,
  });

/** For messages of an order: those have a recording. */
function recorderOf(more: Partial<RecorderOptions> = {}): (delivery: Delivery) => Recording {
  const find = recorder(more);
  return (delivery) => {
    const recording = find(delivery);
    ok(recording);
    return recording;
  };
}

/** A database that is away for the first so many statements. */
function awayFor(statements: number): RecorderOptions['database'] {
  let asked = 0;
  return {
    query: async (text, values) => {
      asked += 1;
      if (asked <= statements) throw new Error('the database is away');
      return database.query(text, values);
    },
  };
}

const attach = (subscription: Subscription) =>
  subscription.attach({
    service: 'inventory',
    delays: { orderExpiresAfterMs: 1_000 },
    database,
    wakeRelays: () => {},
  });

const { signal } = new AbortController();

async function recordedOf(orderId: string): Promise<readonly JournalEntry[]> {
  const { rows } = await database.query<{ entry: JournalEntry }>(
    `select entry from journal_outbox where entry->>'orderId' = $1 order by id`,
    [orderId],
  );
  return rows.map(({ entry }) => entry);
}

const kindsOf = async (orderId: string) => (await recordedOf(orderId)).map(({ kind }) => kind);

const named = { consumer: 'inventory.commands', retry: 'ladder' } as const;
const { consumer } = named;

test('arrival, handling and new state are recorded with what the handler did', async () => {
  const { delivery, message, orderId } = arrive();
  const handle = attach(
    on('inventory.reserve', {
      ...named,
      handle: async () => ({
        drafts: [{ type: 'inventory.released', subject: orderId, data: { orderId, items: [] } }],
        state: 'reserved',
      }),
    }),
  );
  const recording = recorderOf()(delivery);
  await handle(message, signal, recording);

  const entries = await recordedOf(orderId);
  deepStrictEqual(
    entries.map(({ id: _id, at: _at, ...rest }) => rest),
    [
      { kind: 'received', detail: 'inventory.commands' },
      { kind: 'handled', detail: 'inventory.released' },
      { kind: 'state', detail: 'reserved' },
    ].map((about) => ({
      orderId,
      service: 'inventory',
      consumer,
      broker: 'rabbitmq',
      type: 'inventory.reserve',
      messageId: message.id,
      ...about,
    })),
  );
  const { rows } = await database.query(
    `select distinct broker from journal_outbox where entry->>'orderId' = $1`,
    [orderId],
  );
  deepStrictEqual(rows, [{ broker: 'rabbitmq' }]);
});

test('a rollback leaves no entry; the retry is recorded after it, and the message arrived once', async () => {
  const { delivery, message, orderId } = arrive();
  let tries = 0;
  const handle = attach(
    on('inventory.reserve', {
      ...named,
      handle: async () => {
        tries += 1;
        if (tries === 1) throw new TransientFault('not-yet', 'come again');
        return [];
      },
    }),
  );
  const recordingOf = recorderOf();
  await rejects(handle(message, signal, recordingOf(delivery)));
  deepStrictEqual(await recordedOf(orderId), []);
  await recordingOf(delivery).retried(new TransientFault('not-yet', 'come again'), 2);
  await handle(message, signal, recordingOf(delivery));

  const entries = await recordedOf(orderId);
  deepStrictEqual(
    entries.map(({ kind, attempt, detail }) => [kind, attempt, detail]),
    [
      ['received', undefined, 'inventory.commands'],
      ['retried', 2, 'not-yet'],
      ['handled', undefined, undefined],
    ],
  );
});

test('what fails after the recording takes it back, too', async () => {
  const { delivery, message, orderId } = arrive();
  const unsendable = {
    type: 'inventory.release',
    id: 'not a UUID',
    subject: orderId,
    data: { orderId },
  } as const;
  const handle = attach(on('inventory.reserve', { ...named, handle: async () => [unsendable] }));
  await rejects(handle(message, signal, recorderOf()(delivery)));
  deepStrictEqual(await recordedOf(orderId), []);
});

test('a task has arrived with its intent, and is handled with its outcome', async () => {
  const { delivery, message, orderId } = arrive();
  const performing = Promise.withResolvers<void>();
  const mayEnd = Promise.withResolvers<void>();
  const handle = attach(
    onTask('inventory.reserve', {
      ...named,
      effect: {
        intend: async () => ({ perform: 'a call' }),
        perform: async () => {
          performing.resolve();
          await mayEnd.promise;
        },
        settle: async () => [],
      },
    }),
  );
  const woken: string[] = [];
  const recording = recorderOf({ onWritten: (broker) => woken.push(broker) })(delivery);
  const done = handle(message, signal, recording);
  await performing.promise;
  deepStrictEqual(await kindsOf(orderId), ['received']);
  deepStrictEqual(woken, ['rabbitmq'], 'the arrival leaves while the effect is under way');
  mayEnd.resolve();
  await done;
  deepStrictEqual(await kindsOf(orderId), ['received', 'handled']);
  deepStrictEqual(woken, ['rabbitmq', 'rabbitmq']);
});

test('by what way a task has reached the customer is recorded with its outcome', async () => {
  const { delivery, message, orderId } = arrive();
  const effect = {
    intend: async () => ({ perform: 'a call' }),
    perform: async () => {},
    settle: async () => ({ drafts: [], delivered: 'carrier pigeon' }),
  };
  const handle = attach(onTask('inventory.reserve', { ...named, effect }));
  await handle(message, signal, recorderOf()(delivery));
  deepStrictEqual(await kindsOf(orderId), ['received', 'handled', 'delivered']);
  strictEqual((await recordedOf(orderId)).at(-1)?.detail, 'carrier pigeon');
});

test('a task that is tried again and again has arrived once', async () => {
  const { delivery, message, orderId } = arrive();
  let tries = 0;
  const effect = {
    intend: async () => ({ perform: 'a call' }),
    perform: async () => {
      tries += 1;
      if (tries < 20) throw new InfrastructureFault('held-back', 'the breaker is open');
    },
    settle: async () => [],
  };
  const handle = attach(onTask('inventory.reserve', { ...named, effect }));
  const recording = recorderOf()(delivery);
  while (tries < 19) await rejects(handle(message, signal, recording));
  await handle(message, signal, recording);
  deepStrictEqual(await kindsOf(orderId), ['received', 'handled']);
});

test('a task with nothing to do outside is handled at once', async () => {
  const { delivery, message, orderId } = arrive();
  const effect = { intend: async () => ({ settled: [] }), perform: async () => {}, settle: async () => [] };
  const handle = attach(onTask('inventory.reserve', { ...named, effect }));
  await handle(message, signal, recorderOf()(delivery));
  deepStrictEqual(await kindsOf(orderId), ['received', 'handled']);
});

test('each delivery of a message has an arrival of its own', async () => {
  const { delivery, orderId } = arrive();
  const recordingOf = recorderOf();
  await recordingOf(delivery).duplicate();
  await recordingOf({ ...delivery }).duplicate();
  const [first, , second] = await recordedOf(orderId);
  deepStrictEqual(await kindsOf(orderId), ['received', 'duplicate', 'received', 'duplicate']);
  notStrictEqual(first?.id, second?.id);
});

test('giving a message up is recorded once, however often its sending is repeated', async () => {
  const { delivery, orderId } = arrive();
  const recording = recorderOf()(delivery);
  const failure = {
    reason: 'attempts-exhausted',
    error: new TransientFault('no-luck', 'none'),
    attempts: 4,
  } as const;
  await recording.deadLettered(failure);
  await recording.deadLettered(failure);
  deepStrictEqual(await kindsOf(orderId), ['received', 'dead-lettered']);
  const [, entry] = await recordedOf(orderId);
  deepStrictEqual([entry?.attempt, entry?.detail], [4, 'attempts-exhausted: no-luck']);
});

test('a message whose end cannot be recorded is not given up until it can', async () => {
  const { delivery, orderId } = arrive();
  const recording = recorderOf({ database: awayFor(2) })(delivery);
  const failure = { reason: 'permanent', error: new PermanentFault('odd', '?'), attempts: 1 } as const;
  await rejects(recording.deadLettered(failure), InfrastructureFault);
  await rejects(recording.deadLettered(failure), InfrastructureFault);
  await recording.deadLettered(failure);
  deepStrictEqual(await kindsOf(orderId), ['received', 'dead-lettered']);
});

test('an end that was recorded, unknown to us, is the same entry when it is recorded again', async () => {
  const { delivery, orderId } = arrive();
  let isAnswerLost = true;
  const recording = recorderOf({
    database: {
      query: async (text, values) => {
        const result = await database.query(text, values);
        if (isAnswerLost) throw new Error('the connection has ended');
        return result as never;
      },
    },
  })(delivery);
  const failure = { reason: 'permanent', error: new PermanentFault('odd', '?'), attempts: 1 } as const;
  await rejects(recording.deadLettered(failure));
  isAnswerLost = false;
  await recording.deadLettered(failure);
  const ids = (await recordedOf(orderId)).map(({ id }) => id);
  deepStrictEqual([ids.length, new Set(ids).size], [4, 2]);
});

test('of the tries that are repeated for ever ever fewer are recorded', async () => {
  const { delivery, orderId } = arrive();
  const recording = recorderOf({ lastOfLadder: 4 })(delivery);
  for (let attempt = 2; attempt <= 100; attempt += 1) await recording.retried(new Error('?'), attempt);
  const entries = await recordedOf(orderId);
  deepStrictEqual(
    entries.flatMap(({ kind, attempt }) => (kind === 'retried' ? [attempt] : [])),
    [2, 3, 4, 8, 16, 32, 64],
  );
});

test('an entry that cannot be written keeps no message from being handled', async () => {
  const { delivery, orderId } = arrive();
  let written = 0;
  const recording = recorderOf({
    database: awayFor(2),
    onWritten: () => {
      written += 1;
    },
  })(delivery);
  await recording.duplicate();
  await recording.retried(new Error('?'), 2);
  strictEqual(written, 0);
  await recording.retried(new Error('?'), 3);
  strictEqual(written, 1);
  deepStrictEqual(await kindsOf(orderId), ['received', 'retried']);
});

test('what errors quote of a body is not recorded', async () => {
  const secret = 'tok_approved';
  const quoting = [
    new PermanentFault('not-json', `Unexpected token: {"paymentToken":"${secret}"`),
    new TransientFault('odd-answer', `the provider says ${secret}`),
    new SyntaxError(`Unexpected token: ${secret}`),
    Object.assign(new Error(`invalid input syntax: "${secret}"`), { code: '22P02' }),
    `a thrown ${secret}`,
  ];
  const { delivery, orderId } = arrive();
  for (const error of quoting) await recorderOf()(delivery).retried(error, 2);
  const entries = await recordedOf(orderId);
  ok(!JSON.stringify(entries).includes(secret));
  deepStrictEqual(
    entries.filter(({ kind }) => kind === 'retried').map(({ detail }) => detail),
    ['not-json', 'odd-answer', 'SyntaxError', '22P02', 'unknown'],
  );
});

test('a message that belongs to no order is not recorded', async () => {
  const noOrder: readonly Attributes[] = [
    { saga: '' },
    { broker: '' },
    { broker: 'pigeon' },
    { subject: 'a-sku' },
  ];
  for (const attributes of noOrder) {
    strictEqual(recorder()(arrive(attributes).delivery), undefined, JSON.stringify(attributes));
  }
});

test('whatever the attributes of a broken message are, its entry is one that can be kept', async () => {
  const { delivery, orderId } = arrive({
    type: `odd\0${'x'.repeat(10_000)}`,
    causationid: `\u0001${'€'.repeat(10_000)}`,
  });
  await recorderOf()(delivery).deadLettered({ reason: 'permanent', error: new Error(), attempts: 1 });
  const [, entry] = await recordedOf(orderId);
  ok(entry?.type?.startsWith('oddx') && entry.type.length === 300);
  // Three bytes each, and none is cut in two.
  strictEqual(entry?.causationId, '€'.repeat(100));
});

test('what a client or the time brings about is a state of the order', async () => {
  const orderId = randomUUID();
  const cause = { subject: orderId, saga: 'choreography', broker: 'kafka', type: 'x', id: newMessageId() };
  await recordState(database, 'order', cause, 'pending');
  const [entry] = await recordedOf(orderId);
  deepStrictEqual(entry, {
    id: entry?.id,
    orderId,
    at: entry?.at,
    kind: 'state',
    service: 'order',
    detail: 'pending',
  });
});
