import type { Fault } from '@conveyor/contracts/http';

/** The faults of the two providers. */
export interface SandboxFaults {
  readonly payment: Fault;
  readonly notification: Fault;
}

/** How a provider misbehaves at this one call: to be asked once per call. */
export type DrawFault = (provider: keyof SandboxFaults) => Fault['mode'];

/** Holds the faults that are switched on. In memory only, so that a restart clears them. */
export class FaultSwitch {
  readonly #strike: (fault: Fault) => Fault['mode'];
  #faults: SandboxFaults = { payment: { mode: 'ok' }, notification: { mode: 'ok' } };

  /** `strike` decides whether a fault hits one call. */
  constructor(strike: (fault: Fault) => Fault['mode']) {
    this.#strike = strike;
  }

  get current(): SandboxFaults {
    return this.#faults;
  }

  /** What is not named stays. */
  change(change: Partial<SandboxFaults>): void {
    this.#faults = { ...this.#faults, ...change };
  }

  readonly draw: DrawFault = (provider) => this.#strike(this.#faults[provider]);
}
