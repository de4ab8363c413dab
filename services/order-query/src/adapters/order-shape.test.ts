import { strictEqual } from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { orderEventTypes } from '@conveyor/contracts/messages';
import { evolve, type OrderDocument, type OrderEvent, orderShape } from '../domain/order-document.ts';
import { orderIndexSettings } from './order-mapping.ts';

const orderId = '01a20904-7eac-7268-904f-5f9ad584cdb0';

/** An order to which everything has happened; each event may be understood by every fold. */
const events = orderEventTypes.map((type, index): OrderEvent => {
  const total = { amount: 1900, currency: 'EUR' };
  const items = [{ sku: 'mug', name: 'Stoneware mug', quantity: 2, unitPrice: 950 }];
  const whose = { orderId, customerId: 'ada', priority: 'standard', saga: 'choreography', broker: 'kafka' };
  const version = index + 1;
  const data = { ...whose, version, total, items, reason: 'expired' };
  return { type, streamId: orderId, version, time: `2026-11-25T08:00:0${version}.000Z`, data } as OrderEvent;
});

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
