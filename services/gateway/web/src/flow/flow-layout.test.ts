import { deepStrictEqual, ok, strictEqual } from 'node:assert/strict';
import { test } from 'node:test';
import type { Flow, FlowNode } from '@conveyor/contracts/http';
import { layOutFlow } from './flow-layout.ts';

const service = (name: string): FlowNode => ({ id: `s.${name}`, kind: 'service', name, service: name });
const queue = (consumer: string, more: Partial<FlowNode> = {}): FlowNode => ({
  id: `q.${consumer} ${more.role ?? 'work'}`,
  kind: 'queue',
  broker: 'rabbitmq',
  name: consumer,
  consumer,
  service: consumer.split('.')[0] ?? '',
  role: 'work',
  ...more,
});

const flow: Flow = {
  at: '2026-11-23T10:00:00.000Z',
  nodes: [
    service('payment'),
    service('order'),
    service('inventory'),
    { id: 'x.events', kind: 'exchange', broker: 'rabbitmq', name: 'events' },
    { id: 'x.commands', kind: 'exchange', broker: 'rabbitmq', name: 'commands' },
    queue('payment.charge', { waiting: 7 }),
    queue('inventory.events'),
    queue('inventory.events', { role: 'delay', waiting: 2 }),
    queue('inventory.events', { role: 'dead', waiting: 3 }),
    { id: 't.order-events', kind: 'topic', broker: 'kafka', name: 'order-events' },
  ],
  links: [
    { from: 's.order', to: 'x.events', label: 'order.created' },
    { from: 's.payment', to: 'x.commands', label: 'payment.charge' },
    { from: 'x.events', to: 'q.inventory.events work' },
    { from: 'x.commands', to: 'q.payment.charge work' },
    { from: 'q.inventory.events work', to: 's.inventory' },
    { from: 'q.payment.charge work', to: 's.payment' },
    { from: 's.order', to: 't.order-events' },
  ],
};

const namesIn = (column: number, picture: ReturnType<typeof layOutFlow>) =>
  picture.boxes.filter((box) => box.column === column).map(({ node }) => node.name);

test('messages go from left to right, and a service that sends and takes stands on both sides', () => {
  const picture = layOutFlow(flow, { broker: 'rabbitmq' });
  deepStrictEqual(namesIn(0, picture), ['order', 'payment']);
  deepStrictEqual(namesIn(1, picture), ['events', 'commands']);
  deepStrictEqual(namesIn(2, picture), ['inventory.events', 'payment.charge']);
  deepStrictEqual(namesIn(3, picture), ['inventory', 'payment']);
  for (const { from, to } of picture.wires) ok(from.x < to.x, `${from.key} → ${to.key}`);
});

test('what waits for its time and what was given up stand at the queue of work', () => {
  const { boxes } = layOutFlow(flow, { broker: 'rabbitmq' });
  const [events, charge] = ['inventory.events', 'payment.charge'].map((name) =>
    boxes.find(({ node }) => node.name === name),
  );
  deepStrictEqual(events?.depths, { waiting: undefined, delayed: 2, dead: 3, hasLadder: true });
  deepStrictEqual(charge?.depths, { waiting: 7, delayed: 0, dead: 0, hasLadder: false });
  strictEqual(boxes.filter(({ node }) => node.role === 'dead').length, 0);
});

test('one broker at a time', () => {
  const { boxes } = layOutFlow(flow, { broker: 'kafka' });
  deepStrictEqual(
    boxes.map(({ node }) => node.name),
    ['order', 'order-events'],
  );
});

test('of one service there is what it takes, and from whom, and what it sends', () => {
  const picture = layOutFlow(flow, { broker: 'rabbitmq', service: 'inventory' });
  deepStrictEqual(
    picture.boxes.map(({ node }) => node.name),
    ['order', 'events', 'inventory.events', 'inventory'],
  );
});

test('boxes of a column do not overlap, and all are in the picture', () => {
  const { boxes, width, height } = layOutFlow(flow, { broker: 'rabbitmq' });
  for (const a of boxes) {
    ok(a.x >= 0 && a.x < width && a.y >= 0 && a.y < height);
    for (const b of boxes) if (a !== b && a.column === b.column) ok(Math.abs(a.y - b.y) >= 34);
  }
});

test('beside the panel the columns stand closer, so that all of them can be seen', () => {
  const [wide, narrow] = [false, true].map((isNarrow) => layOutFlow(flow, { broker: 'rabbitmq' }, isNarrow));
  // What is left of a page of 1280 pixels.
  ok((narrow?.width ?? Number.NaN) <= 850, `${narrow?.width}`);
  ok((wide?.width ?? Number.NaN) <= 1_184, `${wide?.width}`);
});
