import { strictEqual } from 'node:assert/strict';
import { test } from 'node:test';
import type { Answer } from './call-http.ts';
import { createProviderBreaker } from './provider-breaker.ts';

/** The state after so many calls as are enough to judge by. */
async function stateAfter(call: () => Promise<Answer>): Promise<string> {
  const breaker = createProviderBreaker();
  for (let calls = 0; calls < 10; calls++) await breaker.execute(call).catch(() => {});
  return breaker.state;
}

for (const [what, answer, state] of [
  ['time limits that pass', { failed: 'timed-out' }, 'open'],
  ['refused connections', { failed: 'unreachable' }, 'open'],
  ['pages of 503', { status: 503, body: undefined }, 'open'],
  ['answers about single charges', { status: 503, body: { outcome: 'unavailable' } }, 'closed'],
  ['cards that are declined', { status: 402, body: { outcome: 'declined' } }, 'closed'],
] as const) {
  test(`after ${what} it is ${state}`, async () => {
    strictEqual(await stateAfter(async () => answer as Answer), state);
  });
}

test('calls that the caller has given up count for nothing', async () => {
  strictEqual(await stateAfter(() => Promise.reject(new Error('the consumer is being stopped'))), 'closed');
});
