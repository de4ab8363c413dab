import { useCallback, useRef, useState } from 'react';
import { inWords } from './problem.ts';

export interface Action<Args extends readonly unknown[]> {
  readonly run: (...args: Args) => Promise<void>;
  readonly isBusy: boolean;
  /** What went wrong the last time, in words. */
  readonly error: string | undefined;
}

/** Something that a person does by a button: not twice at once, and what goes wrong is told. */
export function useAction<Args extends readonly unknown[]>(
  task: (...args: Args) => Promise<void>,
): Action<Args> {
  const [isBusy, setBusy] = useState(false);
  const [error, setError] = useState<string>();
  const latest = useRef(task);
  latest.current = task;
  const run = useCallback(async (...args: Args) => {
    setBusy(true);
    setError(undefined);
    try {
      await latest.current(...args);
    } catch (failure) {
      setError(inWords(failure));
    } finally {
      setBusy(false);
    }
  }, []);
  return { run, isBusy, error };
}
