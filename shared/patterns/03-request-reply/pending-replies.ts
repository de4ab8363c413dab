/** The replies that are waited for, by correlation id. */
export class PendingReplies<Reply> {
  readonly #waiting = new Map<string, PromiseWithResolvers<Reply>>();

  get size(): number {
    return this.#waiting.size;
  }

  expect(correlationId: string): Promise<Reply> {
    const waiting = Promise.withResolvers<Reply>();
    this.#waiting.set(correlationId, waiting);
    return waiting.promise;
  }

  /** False when nobody waits for it: unknown, late, or a second reply to the same request. */
  settle(correlationId: string | undefined, reply: Reply): boolean {
    const waiting = correlationId === undefined ? undefined : this.#waiting.get(correlationId);
    if (correlationId === undefined || !waiting) return false;
    this.#waiting.delete(correlationId);
    waiting.resolve(reply);
    return true;
  }

  forget(correlationId: string): void {
    this.#waiting.delete(correlationId);
  }
}
