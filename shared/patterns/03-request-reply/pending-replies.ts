/** The replies that are waited for, by correlation id. Each is settled once; what comes later is dropped. */
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
  settle(correlationId: string, reply: Reply): boolean {
    const waiting = this.#take(correlationId);
    waiting?.resolve(reply);
    return waiting !== undefined;
  }

  fail(correlationId: string, reason: unknown): void {
    this.#take(correlationId)?.reject(reason);
  }

  failAll(reason: unknown): void {
    for (const correlationId of [...this.#waiting.keys()]) this.fail(correlationId, reason);
  }

  #take(correlationId: string): PromiseWithResolvers<Reply> | undefined {
    const waiting = this.#waiting.get(correlationId);
    this.#waiting.delete(correlationId);
    return waiting;
  }
}
