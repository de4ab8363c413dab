import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Broker, PublishOutcome } from '@conveyor/brokers';
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
