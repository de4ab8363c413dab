import { strictEqual } from 'node:assert/strict';
import { test } from 'node:test';
import { createFaultSwitch } from './fault-switch.ts';

test('a fault strikes calls of its kind, as often as its rate says', () => {
  let drawn = 0;
  const fault = createFaultSwitch(() => drawn);
  strictEqual(fault.strikes('error'), false);
  fault.set({ mode: 'error', rate: 0.3 });
  for (const [value, strikes] of [
    [0, true],
    [0.29, true],
    [0.3, false],
    [0.99, false],
  ] as const) {
    drawn = value;
    strictEqual(fault.strikes('error'), strikes, String(value));
  }
  drawn = 0;
  strictEqual(fault.strikes('timeout'), false);
  fault.set({ mode: 'error' });
  drawn = 0.99;
  strictEqual(fault.strikes('error'), true);
});
