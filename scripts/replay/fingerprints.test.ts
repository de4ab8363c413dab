import { deepStrictEqual, ok } from 'node:assert/strict';
import { test } from 'node:test';
import { Fingerprints } from './fingerprints.ts';
import type { RecordedEvent } from './recorded-event.ts';

const event = (version: number, note = ''): RecordedEvent =>
  ({
    version,
    type: 'order.reserved',
    time: '2026-11-23T12:00:00.000Z',
    data: { note },
  }) as unknown as RecordedEvent;

/** What is kept of an order of which the log has `events`. */
function kept(...events: readonly RecordedEvent[]): Fingerprints {
  const fingerprints = new Fingerprints();
  for (const each of events) fingerprints.add('a', each);
  return fingerprints;
}

test('the same events are equal, in whatever order and however often they came', () => {
  ok(kept(event(2), event(1), event(2)).takeEqual('a', 2, [event(1), event(2)]));
});

test('an event that is edited, left out or too many makes them unequal, on either side', () => {
  ok(!kept(event(1), event(2, 'edited')).takeEqual('a', 2, [event(1), event(2)]));
  ok(!kept(event(1), event(2), event(2, 'edited')).takeEqual('a', 2, [event(1), event(2)]));
  ok(!kept(event(2)).takeEqual('a', 2, [event(1), event(2)]));
  ok(!kept(event(1)).takeEqual('a', 2, [event(1), event(2)]));
  ok(!kept(event(1), event(2)).takeEqual('a', 2, [event(2)]));
  ok(!kept(event(1), event(2)).takeEqual('a', 1, [event(1)]));
  ok(!kept(event(1)).takeEqual('a', 2, [event(1)]), 'a stream that has lost its last event');
});

test('an order with a message that nobody understands is equal to none', () => {
  const fingerprints = kept(event(1));
  fingerprints.addOdd('a');
  ok(!fingerprints.takeEqual('a', 1, [event(1)]));
});

test('an order with an event of a version that there cannot be is equal to none', () => {
  for (const version of [2 ** 32 - 1, 2 ** 32, 1e300])
    ok(!kept(event(1), event(version)).takeEqual('a', 1, [event(1)]), `${version}`);
});

test('orders that the event store does not have are left', () => {
  const fingerprints = kept(event(1));
  fingerprints.add('b', event(1));
  fingerprints.takeEqual('a', 1, [event(1)]);
  deepStrictEqual(fingerprints.left, ['b']);
});
