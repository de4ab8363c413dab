import type { Fault } from '@conveyor/contracts/http';

/** Whether a fault hits this one call. `draw` is a random number, 0 to below 1. */
export function strikes({ mode, rate = 1 }: Fault, draw: number): Fault['mode'] {
  return draw < rate ? mode : 'ok';
}
