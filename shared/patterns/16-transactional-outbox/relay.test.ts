import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Broker, PublishOutcome } from '@conveyor/brokers';
import { eventually } from '@conveyor/testing/eventually';
import { type RelayEvent, startRelay } from './relay.ts';
import type { RelayConnection } from './relay-connection.ts';

test('while nothing is confirmed, messages are tried ever less often though others are parked', async () => {
  const events: RelayEvent[] = [];
  const relay = startRelay({
    service: 'test',
    broker: refusing,
    connect: async () => alwaysTwoRows,
    onEvent: (event) => events.push(event),
  });
  await sleep(1_500);
  await relay.stop();
  const tries = events.filter(({ kind }) => kind === 'failed').length;
  assert.ok(tries >= 2 && tries <= 7, `${tries} tries in 1.5 s`);
});

test('an instance that stands by passes wake-ups on as slowly as the leader gathers rows', async (t) => {
  let notifications = 0;
  const standsBy = {
    ...alwaysTwoRows,
    query: async (text: string) => {
      if (text.includes('pg_notify')) notifications += 1;
      return { rows: [], rowCount: null };
    },
  } as RelayConnection;
  const relay = startRelay({
    service: 'test',
    broker: refusing,
    connect: async () => standsBy,
    lingerMs: 1_000,
  });
  t.after(() => relay.stop());
  for (let n = 0; n < 10; n += 1) {
    relay.wake();
    await sleep(20);
  }
  await eventually(() => assert.equal(notifications, 1));
  await relay.stop();
  assert.equal(notifications, 1);
});

const row = (id: string) => ({ id, channel: 'c', routing_key: 'k', ordering_key: id, attributes: { id } });

/** The lock is free, and two rows wait, whatever becomes of them. */
const alwaysTwoRows = {
  query: async (text: string) => ({
    rows: text.includes('try_advisory')
      ? [{ gained: true }]
      : text.startsWith('select id')
        ? [row('1'), row('2')]
        : [],
    rowCount: null,
  }),
  onNotification: () => {},
  onLost: () => {},
  close: async () => {},
} as RelayConnection;

const outcomes: readonly PublishOutcome[] = [
  { status: 'unroutable', reason: 'too large' },
  { status: 'failed', error: new Error('not now') },
];

const refusing = {
  name: 'kafka',
  connected: async () => {},
  publisher: { publish: async () => outcomes },
} as unknown as Broker;
