export interface Looks {
  /** Looks once more: at once, or after the look that is under way. */
  readonly again: () => void;
  readonly stop: () => void;
}

/**
 * Looks at once, and with `everyMs` also so long after each look; one look at a time. Who wants another while one is under way
 * gets it afterwards: were that one given up instead, a look that takes longer than the next wish for one would never end.
 *
 * `look` never rejects, and resolves with whether to look again by itself.
 */
export function keepLooking(look: (stopped: AbortSignal) => Promise<boolean>, everyMs?: number): Looks {
  const stopped = new AbortController();
  let timer: ReturnType<typeof setTimeout> | undefined;
  let [isLooking, isWanted] = [false, true];

  const run = async () => {
    if (isLooking) return;
    clearTimeout(timer);
    isLooking = true;
    let goesOn = true;
    while (isWanted && !stopped.signal.aborted) {
      isWanted = false;
      goesOn = await look(stopped.signal);
    }
    isLooking = false;
    if (everyMs !== undefined && goesOn && !stopped.signal.aborted) timer = setTimeout(again, everyMs);
  };
  const again = () => {
    isWanted = true;
    void run();
  };

  again();
  return {
    again,
    stop() {
      stopped.abort();
      clearTimeout(timer);
    },
  };
}
