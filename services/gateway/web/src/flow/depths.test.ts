import { deepStrictEqual, strictEqual } from 'node:assert/strict';
import { test } from 'node:test';
import type { Flow, FlowNode } from '@conveyor/contracts/http';
import { depthsOf, isMeasured } from './depths.ts';

const service: FlowNode = { id: 's', kind: 'service', name: 'order', service: 'order' };
const queue: FlowNode = {
  id: 'q',
  kind: 'queue',
  broker: 'rabbitmq',
  name: 'order.events',
  consumer: 'order.events',
  service: 'order',
  role: 'work',
  waiting: 5,
};
const group: FlowNode = { ...queue, id: 'g', kind: 'group', broker: 'kafka' };
const expiry: FlowNode = { ...group, id: 'e', name: 'order.expiry', consumer: 'order.expiry', waiting: 40 };

const flow: Flow = {
  at: '',
  nodes: [
    service,
    queue,
    { ...queue, id: 'q1', role: 'delay', waiting: 2 },
    { ...queue, id: 'q2', role: 'dead', waiting: 3 },
    group,
    {
      id: 'g1',
      kind: 'group',
      broker: 'kafka',
      name: 'order.retries',
      service: 'order',
      role: 'delay',
      waiting: 7,
    },
    expiry,
    {
      id: 't',
      kind: 'topic',
      broker: 'kafka',
      name: 'order.expiry-300000',
      consumer: 'order.expiry',
      role: 'delay',
    },
  ],
  links: [{ from: 't', to: 'e' }],
};

test('on RabbitMQ a queue tells of its own retries and dead letters', () => {
  deepStrictEqual(depthsOf(flow, queue, 'rabbitmq'), { waiting: 5, delayed: 2, dead: 3, hasLadder: true });
  deepStrictEqual(depthsOf(flow, service, 'rabbitmq').hasLadder, false);
});

test('on Kafka the service tells of those of all its groups', () => {
  deepStrictEqual(depthsOf(flow, group, 'kafka'), { waiting: 5, delayed: 0, dead: 0, hasLadder: false });
  deepStrictEqual(depthsOf(flow, service, 'kafka'), {
    waiting: undefined,
    delayed: 7,
    dead: 0,
    hasLadder: true,
  });
});

test('what has to wait for its time is no pile', () => {
  deepStrictEqual(depthsOf(flow, expiry, 'kafka'), { waiting: 0, delayed: 40, dead: 0, hasLadder: true });
});

test('a broker that tells of no place did not answer, whatever the other one tells', () => {
  const { waiting: _, ...unknown } = queue;
  const away: Flow = { at: '', nodes: [service, unknown, group], links: [] };
  strictEqual(depthsOf(away, unknown, 'rabbitmq').waiting, undefined);
  strictEqual(isMeasured(away, 'rabbitmq'), false);
  strictEqual(isMeasured(away, 'kafka'), true);
});
