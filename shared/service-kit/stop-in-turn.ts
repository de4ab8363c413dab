import { setTimeout } from 'node:timers/promises';

/** A running part of a service that has to be shut down. */
export interface Stoppable {
  stop(graceMs: number): Promise<void>;
}

/**
 * Stops the parts one after the other. One that does not keep to its grace, or fails, does not keep the others from stopping: it is
 * left, and what it has failed with is told.
 */
export async function stopInTurn(
  parts: readonly Stoppable[],
  graceMs: number,
  onTrouble: (error: unknown) => void,
): Promise<void> {
  for (const part of parts) {
    const stopped = part.stop(graceMs).catch(onTrouble);
    await Promise.race([stopped, setTimeout(graceMs + 500, undefined, { ref: false })]);
  }
}
