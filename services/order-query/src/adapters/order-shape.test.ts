import { strictEqual } from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { eventfulOrder } from '@conveyor/testing/eventful-order';
import { evolve, type OrderDocument, type OrderEvent, orderShape } from '../domain/order-document.ts';
import { orderIndexSettings } from './order-mapping.ts';

const events = eventfulOrder.map((event) => event as OrderEvent);

/** Of each shape, what mapping and fold make of that order. */
const fingerprints: Readonly<Record<number, string>> = {
  1: '573af9356fd287a9',
};

test('who changes the mapping or the fold counts the shape up, so that the documents are made anew', () => {
  let document: OrderDocument | undefined;
  const documents = events.map((event) => {
    document = evolve(document, event);
    return document;
  });
  const said = JSON.stringify([orderIndexSettings.mappings, documents]);
  const fingerprint = createHash('sha256').update(said).digest('hex').slice(0, 16);
  strictEqual(
    fingerprint,
    fingerprints[orderShape],
    'count `orderShape` up, and write its fingerprint down here',
  );
});
