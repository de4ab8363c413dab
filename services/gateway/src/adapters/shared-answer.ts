export interface SharedAnswerOptions<Answer> {
  /** Finds it out. One at a time, however long it takes. */
  readonly find: () => Promise<Answer>;
  /** For so long an answer serves all who ask. */
  readonly freshMs: number;
  /** So long they wait for a new one. */
  readonly patienceMs: number;
  readonly now?: () => number;
}

/**
 * An answer that costs something, for many who ask often: found only when somebody asks, once for all of them. Undefined while
 * there is none: it could not be found, or not in time. Then the next one comes a while later, when it is there.
 */
export function shareAnswer<Answer>(options: SharedAnswerOptions<Answer>): () => Promise<Answer | undefined> {
  const { find, freshMs, patienceMs, now = () => performance.now() } = options;
  let finding: Promise<Answer | undefined> | undefined;
  let found: { readonly answer: Answer | undefined; readonly at: number } | undefined;

  async function findAnew(): Promise<Answer | undefined> {
    const answer = await find().catch(() => undefined);
    found = { answer, at: now() };
    finding = undefined;
    return answer;
  }

  return async () => {
    if (found && now() - found.at < freshMs) return found.answer;
    finding ??= findAnew();
    const { promise: patience, resolve } = Promise.withResolvers<undefined>();
    const timer = setTimeout(resolve, patienceMs, undefined);
    try {
      return await Promise.race([finding, patience]);
    } finally {
      clearTimeout(timer);
    }
  };
}
