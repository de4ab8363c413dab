import type { Fault } from '@conveyor/contracts/http';

export type NamedFaults<Name extends string> = Readonly<Record<Name, Fault>>;

/** The faults that a learner has switched on in this process. They live in memory: a restart clears them. */
export class FaultSwitch<Name extends string> {
  readonly #random: () => number;
  #faults: NamedFaults<Name>;

  /** `random` yields numbers from 0 up to, not including, 1. */
  constructor(names: readonly Name[], random: () => number = Math.random) {
    this.#random = random;
    this.#faults = Object.fromEntries(names.map((name) => [name, { mode: 'ok' }])) as NamedFaults<Name>;
  }

  get current(): NamedFaults<Name> {
    return this.#faults;
  }

  /** What is not named stays. */
  change(change: Partial<NamedFaults<Name>>): void {
    this.#faults = { ...this.#faults, ...change };
  }

  /** How the call that is being made now fails; `ok` where it does not. To be asked once per call. */
  draw(name: Name): Fault['mode'] {
    const { mode, rate = 1 } = this.#faults[name];
    return this.#random() < rate ? mode : 'ok';
  }
}
