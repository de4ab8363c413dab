import { deepStrictEqual, strictEqual } from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type ChargeRecord, type ChargeRequest, decideCharge, decideVoid, type Movement } from './charge.ts';

const unused: ChargeRecord = { key: 'charge:1', status: 'open', failedCalls: 0 };
const request: ChargeRequest = {
  key: 'charge:1',
  orderId: '00000000-0000-7000-8000-000000000001',
  amount: 1900,
  currency: 'EUR',
  token: 'tok_approved',
};

type Call = 'void' | { readonly charge: ChargeRequest; readonly declining?: boolean };

/** Makes the calls one after the other; what was answered and what moved. */
function given(...calls: Call[]) {
  let record = unused;
  const movements: Movement[] = [];
  const answers = calls.map((call) => {
    const decision =
      call === 'void' ? decideVoid(record) : decideCharge(record, call.charge, call.declining ?? false);
    if ('rejected' in decision) return decision.rejected;
    record = decision.record;
    if (decision.movement) movements.push(decision.movement);
    return typeof decision.answer === 'string' ? decision.answer : decision.answer.outcome;
  });
  return { answers, moved: movements.map(({ kind }) => kind), record };
}

const charge = { charge: request };

test('a repeated charge gets the same answer, and money moves once', () => {
  const { answers, moved } = given(charge, charge);
  deepStrictEqual(answers, ['charged', 'charged']);
  deepStrictEqual(moved, ['charge']);
});

test('another body under a used key is refused', () => {
  const { answers, moved } = given(charge, { charge: { ...request, amount: 2000 } }, charge);
  deepStrictEqual(answers, ['charged', 'key-used-with-another-body', 'charged']);
  deepStrictEqual(moved, ['charge']);
});

test('a flaky token fails twice, then works', () => {
  const flaky = { charge: { ...request, token: 'tok_flaky' } } as const;
  deepStrictEqual(given(flaky, flaky, flaky, flaky).answers, [
    'unavailable',
    'unavailable',
    'charged',
    'charged',
  ]);
});

test('a declined key stays declined, also when the fault that declined it is gone', () => {
  deepStrictEqual(given({ ...charge, declining: true }, charge).answers, ['declined', 'declined']);
});

test('a decline comes too late for what has been charged', () => {
  deepStrictEqual(given(charge, { ...charge, declining: true }).answers, ['charged', 'charged']);
});

test('voiding an unused key forbids it for ever', () => {
  const { answers, moved } = given('void', charge, 'void');
  deepStrictEqual(answers, ['forbidden', 'voided', 'forbidden']);
  deepStrictEqual(moved, []);
});

test('voiding a charge gives the full amount back, once', () => {
  const { answers, moved, record } = given(charge, 'void', 'void', charge);
  deepStrictEqual(answers, ['charged', 'refunded', 'refunded', 'voided']);
  deepStrictEqual(moved, ['charge', 'refund']);
  deepStrictEqual(decideVoid(record).answer, { outcome: 'refunded', amount: 1900, currency: 'EUR' });
});

test('voiding a declined key forbids it, and nothing is given back', () => {
  const { record } = given({ charge: { ...request, token: 'tok_declined' } });
  deepStrictEqual(decideVoid(record).answer, { outcome: 'forbidden', amount: 0, currency: 'EUR' });
});

test('voiding a flaky key before it worked forbids it', () => {
  const flaky = { charge: { ...request, token: 'tok_flaky' } } as const;
  deepStrictEqual(given(flaky, 'void', flaky, flaky).answers, [
    'unavailable',
    'forbidden',
    'voided',
    'voided',
  ]);
});

test('whatever is called in whatever order: at most one charge, at most one refund, nothing net once voided', () => {
  const tokens = ['tok_approved', 'tok_declined', 'tok_flaky', 'tok_slow'] as const;
  const anyCharge = fc.record({
    charge: fc.constantFrom(...tokens).map((token) => ({ ...request, token })),
    declining: fc.boolean(),
  });
  fc.assert(
    fc.property(fc.array(fc.oneof(anyCharge, fc.constant('void' as const))), (calls) => {
      const { answers, moved } = given(...calls);
      const firstVoid = calls.indexOf('void');
      const net =
        moved.filter((kind) => kind === 'charge').length - moved.filter((kind) => kind === 'refund').length;

      strictEqual(moved.length, new Set(moved).size, 'each movement at most once');
      if (firstVoid < 0) strictEqual(net, answers.includes('charged') ? 1 : 0);
      else {
        strictEqual(net, 0, 'nothing net');
        strictEqual(answers.slice(firstVoid).includes('charged'), false, 'no charge after the void');
        strictEqual(
          new Set(answers.filter((_, index) => calls[index] === 'void')).size,
          1,
          'one answer to every void',
        );
      }
    }),
  );
});
