import { strictEqual } from 'node:assert/strict';
import { test } from 'node:test';
import { strikes } from './fault.ts';

test('a fault without a rate hits every call', () => {
  strictEqual(strikes({ mode: 'error' }, 0), 'error');
  strictEqual(strikes({ mode: 'error' }, 0.999), 'error');
});

test('a fault hits the share of calls that its rate says', () => {
  strictEqual(strikes({ mode: 'timeout', rate: 0.3 }, 0.299), 'timeout');
  strictEqual(strikes({ mode: 'timeout', rate: 0.3 }, 0.3), 'ok');
});

test('a fault with rate 0 hits nothing', () => {
  strictEqual(strikes({ mode: 'decline', rate: 0 }, 0), 'ok');
});
