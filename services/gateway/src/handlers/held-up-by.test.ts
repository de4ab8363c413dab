import { strictEqual } from 'node:assert/strict';
import { test } from 'node:test';
import { heldUpBy } from './held-up-by.ts';

const dead = (service: string, type: string, detail = 'exhausted: no answer') =>
  ({ kind: 'dead-lettered', service, type, messageId: 'a', detail }) as const;

test('a command that was given up holds the saga up, and so does what the conductor could not hear', () => {
  strictEqual(
    heldUpBy([dead('inventory', 'inventory.reserve')]),
    'inventory gave inventory.reserve up (exhausted: no answer)',
  );
  strictEqual(
    heldUpBy([dead('order-saga', 'order.created')]),
    'order-saga gave order.created up (exhausted: no answer)',
  );
});

test('redriven or handled after all, it does so no more', () => {
  const letter = dead('inventory', 'inventory.reserve');
  for (const kind of ['redriven', 'handled'] as const)
    strictEqual(heldUpBy([letter, { ...letter, kind }]), undefined);
});

test('what nobody waits for holds nothing up', () => {
  strictEqual(heldUpBy([dead('notification', 'order.completed')]), undefined);
});
