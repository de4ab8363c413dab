import type { Fault } from '@conveyor/contracts/http';

/** A fault that a learner has switched on. It lives in memory: a restart clears it. */
export interface FaultSwitch {
  readonly current: Fault;
  set(fault: Fault): void;
  /** Whether a fault of this kind hits the call that is being made now. */
  strikes(mode: Exclude<Fault['mode'], 'ok'>): boolean;
}

/** `random` yields numbers from 0 up to, not including, 1. */
export function createFaultSwitch(random: () => number = Math.random): FaultSwitch {
  let current: Fault = { mode: 'ok' };
  return {
    get current() {
      return current;
    },
    set(fault) {
      current = fault;
    },
    strikes: (mode) => mode === current.mode && random() < (current.rate ?? 1),
  };
}
