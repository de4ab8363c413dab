import { deepStrictEqual, ok, strictEqual } from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { type TestContext, test } from 'node:test';
import type { Broker, OutgoingMessage, PublishOutcome } from '@conveyor/brokers';
import type { WatchedBreaker } from '@conveyor/patterns/circuit-breaker/breaker';
import { appendToOutbox } from '@conveyor/patterns/transactional-outbox/outbox';
import { buildMessage } from '@conveyor/testing/build-message';
import { eventually } from '@conveyor/testing/eventually';
import { createTestDatabase } from '@conveyor/testing/test-database';
import { appendToJournal, journalRows } from '../journal/journal-rows.ts';
import { createLogger } from '../logger.ts';
import type { ServiceBase } from '../service.ts';
import { guardedBroker } from './guarded-broker.ts';
import { startRelays } from './relays.ts';

const schemas = [
  import.meta.resolve('@conveyor/patterns/transactional-outbox/schema.sql'),
  new URL('../journal/schema.sql', import.meta.url).href,
];

/** The relays of one service, and a broker that is well but for the place where the journal goes. */
async function scene(t: TestContext, sendJournal: () => Promise<PublishOutcome>) {
  const database = await createTestDatabase(
    await Promise.all(schemas.map((schema) => readFile(new URL(schema), 'utf8'))),
  );
  let journalTries = 0;
  const sent: string[] = [];
  const send = async ({ attributes }: OutgoingMessage): Promise<PublishOutcome> => {
    if (attributes['type'] === 'journal.recorded') {
      journalTries += 1;
      return sendJournal();
    }
    sent.push(attributes['id'] ?? '');
    return { status: 'confirmed' };
  };
  const well: Pick<Broker, 'name' | 'connected' | 'publisher'> = {
    name: 'rabbitmq',
    connected: async () => {},
    publisher: { publish: (messages) => Promise.all(messages.map(send)) },
  };
  const states: string[] = [];
  const log = createLogger('order', 'silent');
  const addBreaker = (breaker: WatchedBreaker) => breaker.onChange((state) => states.push(state));
  const base: Pick<ServiceBase, 'log' | 'addBreaker'> = { log, addBreaker };
  const relays = startRelays({
    service: 'order',
    broker: guardedBroker(base as ServiceBase, 'rabbitmq', () => well as Broker),
    databaseUrl: database.url,
    delays: { orderExpiresAfterMs: 300_000 },
    log,
    onRecorded: () => {},
  });
  t.after(async () => {
    await Promise.all([relays.outbox.stop(), relays.journal.stop()]);
    await database.drop();
  });
  return {
    sent,
    states,
    journalTries: () => journalTries,
    async record() {
      const attributes = { subject: randomUUID(), saga: 'choreography', broker: 'rabbitmq' };
      const note = { kind: 'state', at: new Date(), service: 'order', detail: 'reserved' } as const;
      await appendToJournal(database, journalRows(attributes, note));
      relays.journal.wake();
    },
    /** Writes a message into the outbox; resolves with its id. */
    async commit(): Promise<string> {
      const message = buildMessage({ channel: 'events' });
      await appendToOutbox(database, [{ broker: 'rabbitmq', message }]);
      relays.outbox.wake();
      return message.attributes['id'] ?? '';
    },
  };
}

test('a journal that fails again and again opens no breaker: messages leave', async (t) => {
  const failed: PublishOutcome = { status: 'failed', error: new Error('no answer') };
  const { record, commit, sent, states, journalTries } = await scene(t, async () => failed);
  await record();
  await eventually(() => ok(journalTries() >= 5));
  const id = await commit();
  await eventually(() => deepStrictEqual(sent, [id]));
  deepStrictEqual(states, []);
});

test('a journal that hangs holds no message up', async (t) => {
  const never = Promise.withResolvers<PublishOutcome>();
  const { record, commit, sent, journalTries } = await scene(t, () => never.promise);
  await record();
  await eventually(() => strictEqual(journalTries(), 1));
  const id = await commit();
  await eventually(() => deepStrictEqual(sent, [id]));
  never.resolve({ status: 'confirmed' });
});
