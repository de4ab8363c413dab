import { useCallback, useEffect, useRef, useState } from 'react';
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
 * seen. An undefined key asks nothing.
 */
export function useAnswer<Answer>(
  key: string | undefined,
  ask: (signal: AbortSignal) => Promise<Answer>,
  everyMs?: number,
): Loaded<Answer> {
  const [state, setState] = useState<{ key?: string | undefined; answer?: Answer; error?: unknown }>({});
  const [turn, setTurn] = useState(0);
  const latest = useRef(ask);
  latest.current = ask;

  // biome-ignore lint/correctness/useExhaustiveDependencies: `turn` is how a reload is asked for.
  useEffect(() => {
    if (key === undefined) return;
    const left = new AbortController();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const look = async () => {
      let isRefused = false;
      if (everyMs === undefined || !document.hidden) {
        try {
          const answer = await latest.current(left.signal);
          if (!left.signal.aborted) setState({ key, answer });
        } catch (error) {
          // Whoever has no token must not be asked for it again and again.
          isRefused = error instanceof Refusal && error.status === 401;
          if (!left.signal.aborted)
            setState((was) =>
              was.key === key && was.answer !== undefined ? { ...was, error } : { key, error },
            );
        }
      }
      if (everyMs !== undefined && !isRefused && !left.signal.aborted)
        timer = setTimeout(() => void look(), everyMs);
    };
    void look();
    return () => {
      left.abort();
      clearTimeout(timer);
    };
  }, [key, everyMs, turn]);

  const reload = useCallback(() => setTurn((was) => was + 1), []);
  const isCurrent = state.key === key;
  return {
    answer: isCurrent ? state.answer : undefined,
    error: isCurrent ? state.error : undefined,
    isLoading: key !== undefined && (!isCurrent || (state.answer === undefined && state.error === undefined)),
    reload,
  };
}
