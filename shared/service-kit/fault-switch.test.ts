import { deepStrictEqual, strictEqual } from 'node:assert/strict';
import { test } from 'node:test';
import { FaultSwitch } from './fault-switch.ts';

test('nothing fails before a fault is switched on', () => {
  const faults = new FaultSwitch(['payment', 'notification'], () => 0);
  deepStrictEqual(faults.current, { payment: { mode: 'ok' }, notification: { mode: 'ok' } });
  strictEqual(faults.draw('payment'), 'ok');
});

test('a fault without a rate hits every call of its own, and what is not named stays', () => {
  let drawn = 0;
  const faults = new FaultSwitch(['payment', 'notification'], () => drawn);
  faults.change({ payment: { mode: 'decline' } });
  faults.change({ notification: { mode: 'error' } });
  for (drawn of [0, 0.999]) {
    strictEqual(faults.draw('payment'), 'decline');
    strictEqual(faults.draw('notification'), 'error');
  }
});

test('a fault hits the share of calls that its rate says', () => {
  let drawn = 0;
  const faults = new FaultSwitch(['inventory'], () => drawn);
  const drawAt = (value: number, rate: number) => {
    drawn = value;
    faults.change({ inventory: { mode: 'timeout', rate } });
    return faults.draw('inventory');
  };
  strictEqual(drawAt(0, 0.3), 'timeout');
  strictEqual(drawAt(0.299, 0.3), 'timeout');
  strictEqual(drawAt(0.3, 0.3), 'ok');
  strictEqual(drawAt(0.99, 0.3), 'ok');
  strictEqual(drawAt(0, 0), 'ok');
});
