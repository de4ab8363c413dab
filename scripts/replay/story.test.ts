import { deepStrictEqual, strictEqual, throws } from 'node:assert/strict';
import { test } from 'node:test';
import { MissingEvent } from '../../shared/patterns/08-event-sourcing/replay.ts';
import { endOf, lineOf, type Step, stepsOf } from './story.ts';

const orderId = '0193f5d0-0000-7000-8000-000000000001';
const total = { amount: 1900, currency: 'EUR' } as const;
const placed = {
  orderId,
  customerId: 'ada',
  items: [{ sku: 'mug', name: 'Mug', quantity: 2, unitPrice: 950 }],
  total,
  priority: 'standard',
  saga: 'choreography',
  broker: 'kafka',
} as const;
const closing = { orderId, customerId: 'ada', total, priority: 'standard' } as const;
const event = (version: number, type: string, data: object): Step['event'] =>
  ({ version, type, time: `2026-11-23T12:00:0${version}.000Z`, data }) as Step['event'];
const [created, reserved, paid, completed] = [
  event(1, 'order.created', placed),
  event(2, 'order.reserved', { orderId }),
  event(3, 'order.paid', { orderId }),
  event(4, 'order.completed', closing),
] as const;
const whole = [created, reserved, paid, completed];

const plain = (_: string, text: string) => text;
const told = (steps: readonly Step[]) =>
  steps.map(({ event: { version }, order }) => `${version} ${order.status}`);

test('an order is told step by step, each with the state after it', () => {
  deepStrictEqual(
    stepsOf(whole).map((step) => lineOf(step, plain)),
    [
      '2026-11-23T12:00:01.000Z    1  order.created             pending',
      '2026-11-23T12:00:02.000Z    2  order.reserved            reserved',
      '2026-11-23T12:00:03.000Z    3  order.paid                paid',
      '2026-11-23T12:00:04.000Z    4  order.completed           completed',
    ],
  );
});

test('at its end it is told whole', () => {
  const end = 'ada orders 2 × mug for 19.00 EUR: completed (choreography on kafka, standard)';
  strictEqual(endOf(stepsOf(whole)), end);
  strictEqual(endOf([]), 'There was no order yet.');
});

test('it can be told up to a version, or up to a time', () => {
  deepStrictEqual(told(stepsOf(whole, { version: 2 })), ['1 pending', '2 reserved']);
  deepStrictEqual(told(stepsOf(whole, { time: new Date('2026-11-23T12:00:03.500Z') })).at(-1), '3 paid');
  deepStrictEqual(told(stepsOf(whole, { time: new Date('2026-11-23T11:00:00Z') })), []);
});

test('a time of a clock that goes ahead cuts off what came after it', () => {
  const ahead = { ...reserved, time: '2026-11-23T12:00:09.000Z' };
  const until = { time: new Date('2026-11-23T12:00:05Z') };
  deepStrictEqual(told(stepsOf([created, ahead, paid], until)), ['1 pending']);
});

test('what is in the log twice, or behind a later event, is told once and in its place', () => {
  deepStrictEqual(told(stepsOf([created, paid, created, reserved, paid, completed])), told(stepsOf(whole)));
});

test('an event that is missing is named, and nothing after it is made up', () => {
  throws(() => stepsOf([created, paid, completed]), new MissingEvent(2));
  throws(() => stepsOf([reserved]), new MissingEvent(1));
  deepStrictEqual(told(stepsOf([created, paid, completed], { version: 1 })), ['1 pending']);
});
