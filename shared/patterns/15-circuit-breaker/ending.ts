/** How a call ended. */
export type Ending<Result> = { readonly result: Result } | { readonly error: unknown };

/** Makes the call; rejects where it throws, too. */
export async function started<Result>(call: () => Promise<Result>): Promise<Result> {
  return call();
}

/** Never rejects. Undefined when a call that was made has not ended after `limitMs`; without a limit it waits. */
export async function endingOf<Result>(
  made: Promise<Result>,
  limitMs: number | undefined,
): Promise<Ending<Result> | undefined> {
  const ending = made.then(
    (result) => ({ result }),
    (error: unknown) => ({ error }),
  );
  if (limitMs === undefined) return ending;
  const timeUp = Promise.withResolvers<undefined>();
  const timer = setTimeout(() => timeUp.resolve(undefined), limitMs);
  try {
    return await Promise.race([ending, timeUp.promise]);
  } finally {
    clearTimeout(timer);
  }
}
