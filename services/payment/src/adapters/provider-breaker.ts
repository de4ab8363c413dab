import { type Breaker, createBreaker } from '@conveyor/patterns/circuit-breaker/breaker';
import { Type } from 'typebox';
import { Value } from 'typebox/value';
import type { Answer } from './call-http.ts';

/**
 * One breaker for all calls to the provider, so that charges that nobody answers cannot keep it open while
 * voids are answered. Ten calls are a moment's worth under load and several minutes' at night; the pause
 * stays as short as the longest one of a message in hand, which has to make the call that tries.
 */
export function createProviderBreaker(): Breaker<Answer> {
  return createBreaker<Answer>({
    name: 'payment provider',
    lastCalls: 20,
    atLeast: 10,
    firstPauseMs: 1_000,
    longestPauseMs: 5_000,
    // A call rejects only when the caller gave it up: no fault of the provider's.
    isFailure: (ending) => 'result' in ending && isUnwell(ending.result),
  });
}

/** An answer about one charge, whatever its status: a card that fails is not a provider that fails. */
const ChargeAnswer = Type.Object({ outcome: Type.String() });

function isUnwell(answer: Answer): boolean {
  if ('failed' in answer) return true;
  return answer.status >= 500 && !Value.Check(ChargeAnswer, answer.body);
}
