import { deepStrictEqual, notStrictEqual, strictEqual } from 'node:assert/strict';
import { test } from 'node:test';
import { differencesOf, differingFields, fingerprint, type StoredOrder } from './differences.ts';
import type { RecordedEvent } from './recorded-event.ts';

const orderId = '0193f5d0-0000-7000-8000-000000000001';
const time = '2026-11-23T12:00:00.000Z';
const event = (version: number, type: string, more: object = {}): RecordedEvent =>
  ({ version, type, time, data: { orderId, ...more } }) as RecordedEvent;
const created = event(1, 'order.created', { total: { amount: 1900, currency: 'EUR' } });
const paid = event(2, 'order.paid');
const stored = (events: readonly RecordedEvent[], more: Partial<StoredOrder> = {}): StoredOrder => ({
  orderId,
  version: events.length,
  events,
  onTheirWay: new Set(),
  ...more,
});
const found = (order: StoredOrder, logged: readonly RecordedEvent[]) =>
  differencesOf(order, logged).map(({ what }) => what);

test('what both say the same of is no difference, however often and in whatever order the log says it', () => {
  deepStrictEqual(found(stored([created, paid]), [paid, created, created]), []);
});

test('an edit is named by version and field, on whichever side it was made', () => {
  const edited = event(1, 'order.created', { total: { amount: 1, currency: 'EUR' } });
  deepStrictEqual(found(stored([edited, paid]), [created, paid]), [
    'version 1 (order.created) differs in data.total.amount: 1 in the event store, 1900 in the log',
  ]);
  deepStrictEqual(found(stored([created, paid]), [created, edited, paid]), [
    'version 1 (order.created) differs in data.total.amount: 1900 in the event store, 1 in the log',
  ]);
  deepStrictEqual(found(stored([created, { ...paid, time: '2026-11-23T13:00:00.000Z' }]), [created, paid]), [
    'version 2 (order.paid) differs in time: "2026-11-23T13:00:00.000Z" in the event store, "2026-11-23T12:00:00.000Z" in the log',
  ]);
});

test('a stored event that cannot be read is named, and why', () => {
  const edited = { version: 2, unreadable: 'no message is called order.payed' };
  deepStrictEqual(found({ ...stored([created]), version: 2, events: [created, edited] }, [created, paid]), [
    'version 2 cannot be read in the event store: no message is called order.payed',
  ]);
});

test('an event that one of them lacks is named by its version', () => {
  deepStrictEqual(found(stored([created, paid]), [created]), [
    'version 2 (order.paid) is missing in the log',
  ]);
  deepStrictEqual(found(stored([created], { version: 2 }), [created, paid]), [
    'version 2 is missing in the event store',
  ]);
  deepStrictEqual(found(stored([paid], { version: 2 }), [paid]), [
    'version 1 is missing in the event store, and in the log',
  ]);
  deepStrictEqual(found(stored([]), [created]), ['version 1 is missing in the event store']);
});

test('what still waits in the outbox is on its way, not missing', () => {
  deepStrictEqual(found(stored([created, paid], { onTheirWay: new Set([2]) }), [created]), []);
});

test('the times of events from before both had the same are not compared', () => {
  deepStrictEqual(found(stored([{ ...created, time: undefined }]), [created]), []);
});

test('differing fields are found as deep as they are', () => {
  deepStrictEqual(differingFields({ a: [{ b: 1 }], c: null }, { a: [{ b: 2 }, 3], d: 1 }), [
    { path: 'a[0].b', one: '1', other: '2' },
    { path: 'a[1]', one: 'nothing', other: '3' },
    { path: 'c', one: 'null', other: 'nothing' },
    { path: 'd', one: 'nothing', other: '1' },
  ]);
});

test('a fingerprint tells events apart, and does not depend on the order of names', () => {
  const turned = event(1, 'order.created', { total: { currency: 'EUR', amount: 1900 } });
  strictEqual(fingerprint(turned), fingerprint(created));
  for (const other of [
    { ...created, version: 2 },
    { ...created, time: undefined },
    { ...created, type: 'order.paid' },
    event(1, 'order.created', { total: { amount: 1901, currency: 'EUR' } }),
    event(1, 'order.created', {
      total: [
        ['amount', 1900],
        ['currency', 'EUR'],
      ],
    }),
  ]) {
    notStrictEqual(fingerprint(other), fingerprint(created), JSON.stringify(other));
  }
});
