import { isCommand } from '@conveyor/contracts/messages';
import { givenUpIn, type Happening, whyGivenUp } from '@conveyor/patterns/saga-choreography/progress';

/**
 * Why a saga that is conducted cannot go on, in words: something that its conductor waits for lies among the dead letters, be it a command of
 * his or what he is to hear himself. He knows nothing of that, and would wait for his time limit.
 */
export function heldUpBy(happenings: readonly Happening[]): string | undefined {
  const letter = givenUpIn(happenings).find(
    ({ service, type = '' }) => service === 'order-saga' || isCommand(type),
  );
  return letter && whyGivenUp(letter);
}
