import { useCallback, useEffect, useRef, useState } from 'react';
import { keepLooking, type Looks } from './keep-looking.ts';
import { Refusal } from './problem.ts';

export interface Loaded<Answer> {
  readonly answer: Answer | undefined;
  /** Of the last try; what was answered before stays. */
  readonly error: unknown;
  readonly isLoading: boolean;
  /** Asks once more. */
  readonly reload: () => void;
}

/**
 * What `ask` answers, asked anew whenever `key` changes, and with `everyMs` also so long after each answer, while the page can be
 * seen. An undefined key asks nothing. What is under way is given up only when the key changes, or nobody looks any more.
 */
export function useAnswer<Answer>(
  key: string | undefined,
  ask: (signal: AbortSignal) => Promise<Answer>,
  everyMs?: number,
): Loaded<Answer> {
  const [state, setState] = useState<{ key?: string | undefined; answer?: Answer; error?: unknown }>({});
  const latest = useRef(ask);
  latest.current = ask;
  const looks = useRef<Looks>(undefined);

  useEffect(() => {
    if (key === undefined) return;
    const look = async (left: AbortSignal) => {
      if (everyMs !== undefined && document.hidden) return true;
      try {
        const answer = await latest.current(left);
        if (!left.aborted) setState({ key, answer });
      } catch (error) {
        if (!left.aborted)
          setState((was) =>
            was.key === key && was.answer !== undefined ? { ...was, error } : { key, error },
          );
        // Whoever has no token must not be asked for it again and again.
        if (error instanceof Refusal && error.status === 401) return false;
      }
      return true;
    };
    const mine = keepLooking(look, everyMs);
    looks.current = mine;
    return () => mine.stop();
  }, [key, everyMs]);

  const reload = useCallback(() => looks.current?.again(), []);
  const isCurrent = state.key === key;
  return {
    answer: isCurrent ? state.answer : undefined,
    error: isCurrent ? state.error : undefined,
    isLoading: key !== undefined && (!isCurrent || (state.answer === undefined && state.error === undefined)),
    reload,
  };
}
