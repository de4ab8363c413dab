import { type Gate, passed } from '../gate.ts';

/** Lets a partition be fetched again once the gate before it is open; not once `over` has fired: then it belongs to others. */
export async function resumeOnceOpen(gate: Gate, resume: () => void, over: AbortSignal): Promise<void> {
  await passed(gate, over);
  if (!over.aborted) resume();
}

/** For the pool: how long what has been fetched, but not begun, is to wait. */
export function heldBy(gate: Gate | undefined, over: AbortSignal): () => Promise<void> | undefined {
  return () => (gate?.isClosed && !over.aborted ? passed(gate, over) : undefined);
}
