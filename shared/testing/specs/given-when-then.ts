import { deepStrictEqual } from 'node:assert/strict';

/** A pure decision and what its state is folded from: a decider, a saga. */
export interface Machine<State, Given, When, Outcome> {
  readonly initial: State;
  readonly evolve: (state: State, given: Given) => State;
  readonly decide: (state: State, when: When) => Outcome;
}

/** Lets a test be read as a specification: `given(…).when(…).then(…)`. */
export function specify<State, Given, When, Outcome>(machine: Machine<State, Given, When, Outcome>) {
  const { initial, evolve, decide } = machine;
  return {
    given: (...history: readonly Given[]) => ({
      when: (input: When) => ({
        // biome-ignore lint/suspicious/noThenProperty: nobody awaits it, and the tests read given, when, then
        then: (expected: Outcome) =>
          deepStrictEqual(decide(history.reduce(evolve, initial), input), expected),
      }),
    }),
  };
}
