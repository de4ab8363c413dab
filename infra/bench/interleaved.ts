import type { Run } from './figure.ts';

/** Measures one side once: how much of it, in the unit of its comparison. */
export type Side = (round: number) => Promise<number>;

/**
 * Measures all sides in each round, so that whatever the machine does besides falls on all of them. `atRest` resolves once
 * what the sides before have left to be done is done; each side is measured only then. Answers what each side was
 * measured at, round by round.
 */
export async function interleaved<Name extends string>(
  run: Pick<Run, 'rounds' | 'say' | 'signal'>,
  sides: Readonly<Record<Name, Side>>,
  atRest: () => Promise<void> = async () => {},
): Promise<Readonly<Record<Name, readonly number[]>>> {
  const names = Object.keys(sides) as Name[];
  const measured = Object.fromEntries(names.map((name) => [name, [] as number[]])) as Record<Name, number[]>;
  for (let round = 0; round < run.rounds; round++) {
    for (const name of inTurn(names, round)) {
      run.signal.throwIfAborted();
      await atRest();
      const value = await sides[name](round);
      measured[name].push(value);
      run.say(`round ${round + 1} of ${run.rounds}: ${name} ${value.toPrecision(4)}`);
    }
  }
  return measured;
}

/**
 * Whoever comes after another may suffer from it. So in as many rounds as there are names each comes at each position once,
 * and, of an even number of names, after each other one once; of an odd number that takes as many rounds again, backwards
 * (the Latin squares of E. J. Williams).
 */
function inTurn<Name>(names: readonly Name[], round: number): readonly Name[] {
  const count = names.length;
  // The first, its neighbours on a ring, those beyond: each step is another distance.
  const zigzag = names.map((_, n) => (n % 2 === 1 ? (n + 1) / 2 : count - n / 2));
  const order = zigzag.flatMap((place) => names[(place + round) % count] ?? []);
  return Math.floor(round / count) % 2 === 0 ? order : order.reverse();
}
