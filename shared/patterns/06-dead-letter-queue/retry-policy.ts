/** How often a consumer tries what may work later. Data: each subscription names its policy. */
export interface RetryPolicy {
  /**
   * The wait before each further try, in milliseconds. Each has a queue or topic of its own, with the
   * wait in its name (chapter 07), so it outlives every process.
   */
  readonly delaysMs: readonly number[];
  /**
   * When the waits are used up: `dead-letter` gives the message up; `repeat-last` goes on with the last
   * wait for ever, for what must be done in the end (a compensation).
   */
  readonly thereafter: 'dead-letter' | 'repeat-last';
}

/** How long to wait before try number `attempt` (from 2), in milliseconds; undefined: there is none. */
export function delayBefore({ delaysMs, thereafter }: RetryPolicy, attempt: number): number | undefined {
  return delaysMs[attempt - 2] ?? (thereafter === 'repeat-last' ? delaysMs.at(-1) : undefined);
}
