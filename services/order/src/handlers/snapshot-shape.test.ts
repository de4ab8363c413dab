import { strictEqual } from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { versionOf } from '@conveyor/contracts/messages';
import type { StoredEvent } from '@conveyor/patterns/event-sourcing/event-store';
import { eventfulOrder } from '@conveyor/testing/eventful-order';
import { foldOrder } from './order-stream.ts';

const events = eventfulOrder.map(
  ({ type, version, time, data }): StoredEvent => ({
    version,
    type,
    schemaVersion: versionOf(type),
    data,
    metadata: {},
    recordedAt: new Date(time),
  }),
);

/** Of each version of `order.snapshot`, what the fold makes of that order. */
const fingerprints: Readonly<Record<number, string>> = {
  1: 'e0e35d758fe1b9a7',
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
