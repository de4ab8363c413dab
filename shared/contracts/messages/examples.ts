import type { MessageData, MessageType } from './registry.ts';

const orderId = '019aa3f2-7c00-7000-8000-000000000001';
const total = { amount: 1_900, currency: 'EUR' } as const;
const line = { sku: 'mug', name: 'Stoneware mug', quantity: 2, unitPrice: 950 };
const [customerId, priority] = ['ada', 'standard'] as const;
const closing = { orderId, version: 4, customerId, total, priority };
const placed = { orderId, version: 1, customerId, items: [line], priority };
const [createdAt, updatedAt] = ['2026-11-25T08:00:00.000Z', '2026-11-25T08:00:00.250Z'];
const ordered = { orderId, customerId, items: [line], total, priority, createdAt, updatedAt };
const [saga, broker] = ['orchestration', 'rabbitmq'] as const;
const folded = { ...ordered, saga, broker };
const reserved = { orderId, items: [{ sku: 'mug', quantity: 2 }], total, priority };
const requested = { orderId, customerId, total, priority };

/**
 * Bodies as they are written today, at least one of every type: for the documentation, and, when a version is released, for
 * the messages that every later release must still be able to read. So each has all that a body of its type can have.
 */
export const examples: { readonly [Type in MessageType]: readonly MessageData<Type>[] } = {
  'order.created': [
    { ...placed, total, saga: 'choreography', broker: 'kafka' },
    {
      ...placed,
      items: [
        { sku: 'keyboard', name: 'Keyboard', quantity: 1, unitPrice: 7_900 },
        { ...line, sku: 'teacup', name: 'Teacup' },
      ],
      total: { amount: 9_800, currency: 'GBP' },
      priority: 'express',
      saga: 'orchestration',
      broker: 'rabbitmq',
    },
  ],
  'order.reserved': [{ orderId, version: 2 }],
  'order.paid': [{ orderId, version: 3 }],
  'order.completed': [closing],
  'order.cancel-requested': [{ orderId, version: 2, reason: 'cancelled-by-customer' }],
  'order.completion-refused': [{ orderId, version: 5, reason: 'expired' }],
  'order.cancelled': [
    { ...closing, reason: 'payment-declined' },
    { ...closing, priority: 'low', reason: 'out-of-stock' },
  ],
  'order.snapshot': [
    {
      orderId,
      version: 4,
      state: { ...folded, status: 'completed' },
    },
    {
      orderId,
      version: 5,
      state: {
        ...folded,
        status: 'cancelled',
        reason: 'cancelled-by-customer',
        cancelRequested: 'cancelled-by-customer',
        completionRefused: true,
      },
    },
  ],
  'order.complete': [{ orderId }],
  'order.cancel': [{ orderId, reason: 'payment-timeout' }],
  'order.expire': [{ orderId }],
  'inventory.reserve': [reserved],
  'inventory.release': [{ orderId }],
  'inventory.reserved': [reserved],
  'inventory.rejected': [
    { orderId, reason: 'out-of-stock', missing: [{ sku: 'moon-rock', wanted: 1, available: 0 }] },
  ],
  'inventory.released': [
    { orderId, items: [{ sku: 'mug', quantity: 2 }] },
    { orderId, items: [] },
  ],
  'product.created': [{ sku: 'mug', name: 'Stoneware mug', price: { amount: 950, currency: 'EUR' } }],
  'inventory.quote': [{ skus: ['mug', 'unicorn'] }],
  'inventory.quoted': [
    {
      products: [{ sku: 'mug', name: 'Stoneware mug', unitPrice: 950, currency: 'EUR' }],
      unknown: ['unicorn'],
    },
  ],
  'payment.charge': [{ orderId, amount: total, priority }],
  'payment.refund': [{ orderId, amount: total }],
  'payment.completed': [{ orderId, amount: total }],
  'payment.failed': [
    { orderId, reason: 'payment-declined' },
    { orderId, reason: 'payment-timeout' },
  ],
  'payment.refunded': [
    { orderId, amount: total },
    { orderId, amount: { ...total, amount: 0 } },
  ],
  'notification.requested': [
    { ...requested, outcome: 'completed' },
    { ...requested, outcome: 'cancelled', reason: 'expired' },
  ],
  'notification.delivered': [
    { orderId, channel: 'email' },
    { orderId, channel: 'sms' },
    { orderId, channel: 'push' },
  ],
  'journal.recorded': [
    {
      entries: [
        {
          id: '019aa3f2-7c00-7000-8000-000000000002',
          orderId,
          at: '2026-11-23T12:00:00.000Z',
          kind: 'retried',
          service: 'inventory',
          consumer: 'inventory.events',
          broker: 'kafka',
          type: 'order.created',
          messageId: '019aa3f2-7c00-7000-8000-000000000003',
          causationId: '019aa3f2-7c00-7000-8000-000000000004',
          attempt: 1,
          detail: 'fault: switched on',
        },
        {
          id: '019aa3f2-7c00-7000-8000-000000000005',
          orderId,
          at: '2026-11-23T12:00:00.000Z',
          kind: 'published',
          service: 'order',
          broker: 'kafka',
          type: 'order.reserved',
          messageId: '019aa3f2-7c00-7000-8000-000000000006',
          detail: 'order-events',
          message: {
            attributes: {
              id: '019aa3f2-7c00-7000-8000-000000000006',
              type: 'order.reserved',
              subject: orderId,
            },
            data: { orderId, version: 2 },
          },
        },
      ],
    },
  ],
};
