export interface ManyOptions<Result> {
  readonly count: number;
  /** How many are under way at a time. */
  readonly atOnce: number;
  readonly one: (n: number) => Promise<Result>;
  readonly onResult: (result: Result) => void;
  readonly onError: (error: unknown) => void;
  /** Aborted: none is begun any more; those under way are waited for. */
  readonly signal: AbortSignal;
}

/** Does `one` so many times, a few at a time; one that fails does not stop the others. Resolves when all have ended. */
export async function placeMany<Result>(options: ManyOptions<Result>): Promise<void> {
  const { count, atOnce, one, onResult, onError, signal } = options;
  let begun = 0;
  const worker = async () => {
    while (begun < count && !signal.aborted) {
      begun += 1;
      try {
        onResult(await one(begun));
      } catch (error) {
        onError(error);
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, count) }, worker));
}
