import { deepStrictEqual, throws } from 'node:assert/strict';
import { test } from 'node:test';
import { evolve, type OrderDocument, type OrderEvent } from './order-document.ts';

const orderId = '01a20904-7eac-7268-904f-5f9ad584cdb0';
const total = { amount: 1900, currency: 'EUR' } as const;
const line = { sku: 'mug', name: 'Stoneware mug', quantity: 2, unitPrice: 950 };
const whose = { orderId, customerId: 'ada', total, priority: 'standard' } as const;
const time = (version: number) => `2026-11-25T08:00:0${version}.000Z`;

const created: OrderEvent = {
  type: 'order.created',
  streamId: orderId,
  version: 1,
  time: time(1),
  data: { ...whose, version: 1, items: [line], saga: 'choreography', broker: 'kafka' },
};

const event = (type: string, version: number, data: object = {}) =>
  ({
    type,
    streamId: orderId,
    version,
    time: time(version),
    data: { orderId, version, ...data },
  }) as OrderEvent;

const folded = (...events: readonly OrderEvent[]) =>
  events.reduce<OrderDocument | undefined>((document, next) => evolve(document, next), undefined);

test('a document is the order as its events tell it, with the times of the first and the last', () => {
  const document = folded(
    created,
    event('order.reserved', 2),
    event('order.paid', 3),
    event('order.completed', 4, whose),
  );
  deepStrictEqual(document, {
    ...whose,
    status: 'completed',
    items: [line],
    saga: 'choreography',
    broker: 'kafka',
    createdAt: time(1),
    updatedAt: time(4),
    version: 4,
  });
});

test('a cancelled order has its reason; what readers do not see moves version and time only', () => {
  const requested = folded(created, event('order.cancel-requested', 2, { reason: 'expired' }));
  deepStrictEqual([requested?.status, requested?.reason, requested?.version], ['pending', undefined, 2]);
  const cancelled = folded(created, event('order.cancelled', 2, { ...whose, reason: 'expired' }));
  deepStrictEqual([cancelled?.status, cancelled?.reason], ['cancelled', 'expired']);
});

test('fields that a newer writer has added do not get into it', () => {
  const data = {
    ...created.data,
    note: 'x',
    items: [{ ...line, note: 'x' }],
    total: { ...total, note: 'x' },
  };
  deepStrictEqual(folded({ ...created, data } as OrderEvent), folded(created));
});

test('an order cannot begin with anything but its creation', () => {
  throws(() => folded(event('order.paid', 1)), /before order.created/);
});
