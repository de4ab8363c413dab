import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Attributes, Delivery } from '@conveyor/brokers';
import {
  accountHeaders,
  accountOfDeath,
  accountOfRetry,
  attemptOf,
  historyOf,
  originOf,
  ownHeaders,
} from './account.ts';
import { PermanentFault, TransientFault } from './failure.ts';

const first: Delivery = {
  attributes: { id: 'x' },
  headers: { note: 'own' },
  body: Buffer.from('{}'),
  origin: { broker: 'kafka', channel: 'tasks', address: { channel: 'tasks', key: 'k' }, position: '2:7' },
  redelivered: false,
};
const times = ['2026-01-01T00:00:00.000Z', '2026-01-01T00:00:01.000Z'] as const;
const again = (headers: Attributes): Delivery => ({
  ...first,
  headers: { ...first.headers, ...headers },
  origin: {
    broker: 'kafka',
    channel: 'group-retry-1000',
    address: { channel: 'group-retry-1000', key: 'k' },
  },
});
const timedOut = new TransientFault('timed-out', 'order 7 timed out');

test('a message that was moved tells its next try, what failed when, and where it came from', () => {
  const second = again(accountOfRetry(first, timedOut, 2, new Date(times[0])));
  assert.equal(attemptOf(second), 2);
  assert.deepEqual(historyOf(second), [{ at: times[0], error: 'timed-out' }]);
  assert.deepEqual(originOf(second), first.origin);

  const third = again(accountOfRetry(second, new Error('?'), 3, new Date(times[1])));
  assert.equal(attemptOf(third), 3);
  assert.deepEqual(
    historyOf(third).map(({ error }) => error),
    ['timed-out', 'Error'],
  );
  assert.deepEqual(originOf(third), first.origin);
});

test('a dead letter says why, and hides nothing of what the message had of its own', () => {
  const second = again(accountOfRetry(first, timedOut, 2, new Date(times[0])));
  const failure = { reason: 'attempts-exhausted', error: timedOut, attempts: 2 } as const;
  const account = accountOfDeath(second, failure, 'payment.charge', 'an-id', new Date(times[1]));
  assert.deepEqual(ownHeaders({ ...second.headers, ...account, due: '1' }), { note: 'own' });
  const { [accountHeaders.stackHash]: hash, ...rest } = account;
  assert.match(hash ?? '', /^[0-9a-f]{16}$/);
  assert.deepEqual(rest, {
    'dead-letter-id': 'an-id',
    'dead-letter-reason': 'attempts-exhausted',
    'dead-letter-error': 'timed-out: order 7 timed out',
    'dead-letter-attempts': '2',
    'dead-letter-consumer': 'payment.charge',
    'dead-letter-time': times[1],
    'retry-history': JSON.stringify(times.map((at) => ({ at, error: 'timed-out' }))),
    'retry-origin': JSON.stringify(first.origin),
  });
});

test('the same failure at the same place has the same hash, whatever its message says', () => {
  const hashOf = (error: unknown) =>
    accountOfDeath(first, { reason: 'permanent', error, attempts: 1 }, 'c', 'id', new Date())[
      accountHeaders.stackHash
    ];
  const [one, other] = ['order 1', 'order 2'].map((text) => new PermanentFault('bad', text));
  assert.equal(hashOf(one), hashOf(other));
  assert.notEqual(hashOf(one), hashOf(new PermanentFault('bad', 'order 1')));
  assert.match(hashOf('no error at all') ?? '', /^[0-9a-f]{16}$/);
});

test('of what is repeated for ever only the latest tries are kept', () => {
  let delivery = first;
  for (let attempt = 2; attempt < 60; attempt += 1) {
    delivery = again(accountOfRetry(delivery, timedOut, attempt, new Date(times[0])));
  }
  assert.equal(attemptOf(delivery), 59);
  assert.equal(historyOf(delivery).length, 20);
});

test('headers that somebody made up are no account', () => {
  const made = again({
    [accountHeaders.attempt]: '-3',
    [accountHeaders.history]: '{"not":"a list"}',
    [accountHeaders.origin]: 'nonsense',
  });
  assert.equal(attemptOf(made), 1);
  assert.deepEqual(historyOf(made), []);
  assert.deepEqual(originOf(made), made.origin);
});
