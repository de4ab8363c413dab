import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Availability } from './availability.ts';
import type { BrokerEvent } from './port.ts';

test('it is up once every part is up, and says so once', async () => {
  const events: BrokerEvent[] = [];
  const availability = new Availability(['a', 'b'], (event) => events.push(event));
  availability.up('a');
  assert.equal(availability.isUp, false);
  availability.up('b');
  availability.up('b');
  await availability.wait();
  assert.deepEqual(events, [{ kind: 'connected' }]);
});

test('a reason that lasts is told once, another one again', () => {
  const events: BrokerEvent[] = [];
  const availability = new Availability(['a'], (event) => events.push(event));
  const [refused, forbidden] = [new Error('refused'), new Error('forbidden')];
  for (const error of [refused, refused, forbidden]) availability.down('a', error);
  availability.up('a');
  availability.down('a', forbidden);
  assert.deepEqual(
    events.map((event) => ('error' in event ? event.error : event.kind)),
    [refused, forbidden, 'connected', forbidden],
  );
});

test('who waits again after an outage waits for the next connection', async () => {
  const availability = new Availability(['a'], () => {});
  availability.up('a');
  availability.down('a', new Error('gone'));
  await assert.rejects(availability.wait(AbortSignal.timeout(1)), { name: 'TimeoutError' });
  const waiting = availability.wait(AbortSignal.timeout(10_000));
  availability.up('a');
  await waiting;
});
