import { deepStrictEqual, rejects, strictEqual } from 'node:assert/strict';
import { test } from 'node:test';
import type { Provider, VoidResult } from '../adapters/provider.ts';
import { voidUntilAnswered } from './void-until-answered.ts';

/** A provider that answers as told, and what happened, in order. */
function scene(results: readonly VoidResult[]) {
  const left = [...results];
  const happened: string[] = [];
  const provider: Provider = {
    charge: () => Promise.reject(new Error('nobody charges here')),
    async void(key) {
      const result = left.shift() ?? 'no-answer';
      happened.push(`${key} ${typeof result === 'string' ? result : 'answered'}`);
      return result;
    },
    async ready() {
      happened.push('ready');
    },
  };
  const voidIt = (signal = new AbortController().signal) =>
    voidUntilAnswered(
      { provider, callLimitMs: 10, onNoAnswer: () => happened.push('told') },
      'order-1',
      signal,
    );
  return { happened, voidIt };
}

test('a void that was held back is no answer that is missing: it goes as soon as the provider is ready', async () => {
  const { happened, voidIt } = scene(['held-back', 'held-back', { refundedAmount: 1900 }]);
  deepStrictEqual(await voidIt(), { refundedAmount: 1900 });
  deepStrictEqual(happened, [
    'ready',
    'charge:order-1 held-back',
    'ready',
    'charge:order-1 held-back',
    'ready',
    'charge:order-1 answered',
  ]);
});

test('a void without an answer is told and repeated', async () => {
  const { happened, voidIt } = scene(['no-answer', { refundedAmount: 0 }]);
  deepStrictEqual(await voidIt(), { refundedAmount: 0 });
  strictEqual(happened.filter((event) => event === 'told').length, 1);
});

test('it ends with its signal: the process stops, and goes on after the restart', async () => {
  const stopping = new AbortController();
  const { voidIt } = scene([]);
  const voiding = voidIt(stopping.signal);
  stopping.abort();
  await rejects(voiding, { name: 'AbortError' });
});

test('a void that is refused is not repeated in hand', async () => {
  const { happened, voidIt } = scene(['refused']);
  await rejects(voidIt(), { name: 'TransientFault', code: 'void-refused' });
  deepStrictEqual(happened, ['ready', 'charge:order-1 refused']);
});
