import type { Fault } from '@conveyor/contracts/http';
import { strikes } from '../domain/fault.ts';

/** The faults of the two providers. */
export interface SandboxFaults {
  readonly payment: Fault;
  readonly notification: Fault;
}

/** How a provider misbehaves at this one call: to be asked once per call. */
export type DrawFault = (provider: keyof SandboxFaults) => Fault['mode'];

/** Holds the faults that are switched on. In memory only, so that a restart clears them. */
export class FaultSwitch {
  readonly #random: () => number;
  #faults: SandboxFaults = { payment: { mode: 'ok' }, notification: { mode: 'ok' } };

  /** `random` gives numbers from 0 to below 1. */
  constructor(random: () => number) {
    this.#random = random;
  }

  get current(): SandboxFaults {
    return this.#faults;
  }

  /** What is not named stays. */
  change(change: Partial<SandboxFaults>): void {
    this.#faults = { ...this.#faults, ...change };
  }

  readonly draw: DrawFault = (provider) => strikes(this.#faults[provider], this.#random());
}
