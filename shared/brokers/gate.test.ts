import { deepStrictEqual, strictEqual } from 'node:assert/strict';
import { test } from 'node:test';
import { Gate, passed } from './gate.ts';

const never = new AbortController().signal;

test('whoever comes while it is closed waits until it is opened', async () => {
  const gate = new Gate();
  await passed(gate, never);
  gate.close();
  const order: string[] = [];
  const waiting = passed(gate, never).then(() => order.push('passed'));
  await new Promise((resolve) => setImmediate(resolve));
  order.push('opened');
  gate.open();
  await waiting;
  deepStrictEqual(order, ['opened', 'passed']);
});

test('closed twice it is opened by one opening; opened twice it stays open', async () => {
  const gate = new Gate();
  gate.close();
  gate.close();
  gate.open();
  strictEqual(gate.isClosed, false);
  gate.open();
  await passed(gate, never);
});

test('whoever waits at it is let go when what he waits for is over', async () => {
  const gate = new Gate();
  gate.close();
  const over = new AbortController();
  const waiting = passed(gate, over.signal);
  over.abort();
  await waiting;
  await passed(gate, over.signal);
  strictEqual(gate.isClosed, true);
});

test('a change is told once, and only if there is one', async () => {
  const gate = new Gate();
  let changes = 0;
  const count = () => {
    changes += 1;
  };
  void gate.changed.then(count);
  gate.open();
  await new Promise((resolve) => setImmediate(resolve));
  strictEqual(changes, 0);
  gate.close();
  gate.close();
  await new Promise((resolve) => setImmediate(resolve));
  strictEqual(changes, 1);
});
