import type { Run } from './figure.ts';

/** Measures one side once: how much of it, in the unit of its comparison. */
export type Side = (round: number) => Promise<number>;

/**
 * Measures all sides in each round, by turns from another one on, so that whatever the machine does besides falls on all of
 * them. Answers what each side was measured at, round by round.
 */
export async function interleaved<Name extends string>(
  run: Pick<Run, 'rounds' | 'say' | 'signal'>,
  sides: Readonly<Record<Name, Side>>,
): Promise<Readonly<Record<Name, readonly number[]>>> {
  const names = Object.keys(sides) as Name[];
  const measured = Object.fromEntries(names.map((name) => [name, [] as number[]])) as Record<Name, number[]>;
  for (let round = 0; round < run.rounds; round++) {
    for (const name of inTurn(names, round)) {
      run.signal.throwIfAborted();
      const value = await sides[name](round);
      measured[name].push(value);
      run.say(`round ${round + 1} of ${run.rounds}: ${name} ${value.toPrecision(4)}`);
    }
  }
  return measured;
}

function inTurn<Name>(names: readonly Name[], round: number): readonly Name[] {
  const first = round % names.length;
  return [...names.slice(first), ...names.slice(0, first)];
}
