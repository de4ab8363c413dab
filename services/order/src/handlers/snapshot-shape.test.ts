import { strictEqual } from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { orderEventTypes, versionOf } from '@conveyor/contracts/messages';
import type { StoredEvent } from '@conveyor/patterns/event-sourcing/event-store';
import { foldOrder } from './order-stream.ts';

const orderId = '01a20904-7eac-7268-904f-5f9ad584cdb0';

/** An order to which everything has happened; each event may be understood by every fold. */
const events = orderEventTypes.map((type, index): StoredEvent => {
  const total = { amount: 1900, currency: 'EUR' };
  const items = [{ sku: 'mug', name: 'Stoneware mug', quantity: 2, unitPrice: 950 }];
  const whose = { orderId, customerId: 'ada', priority: 'standard', saga: 'orchestration', broker: 'kafka' };
  const version = index + 1;
  return {
    version,
    type,
    schemaVersion: versionOf(type),
    data: { ...whose, items, total, reason: 'expired' },
    metadata: {},
    recordedAt: new Date(`2026-11-25T08:00:0${version}.000Z`),
  };
});

/** Of each version of `order.snapshot`, what the fold makes of that order. */
const fingerprints: Readonly<Record<number, string>> = {
  1: 'e6c807dfa493abc5',
};

test('who changes the fold counts the version of the snapshot up, so that none of the former fold is read', () => {
  const states = events.map((_, index) => foldOrder(events.slice(0, index + 1)));
  const fingerprint = createHash('sha256').update(JSON.stringify(states)).digest('hex').slice(0, 16);
  strictEqual(
    fingerprint,
    fingerprints[versionOf('order.snapshot')],
    'make a new version of `order.snapshot` (CONTRIBUTING.md, "Another body for a message"), and write its fingerprint down here',
  );
});
