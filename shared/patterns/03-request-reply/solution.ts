interface Request {
  readonly id: string;
  readonly question: string;
}

interface Reply {
  readonly id: string;
  readonly answer: string;
}

export function createAsker(send: (request: Request) => void) {
  const waiting = new Map<string, (answer: string) => void>();
  let asked = 0;
  return {
    ask(question: string): { readonly id: string; readonly answer: Promise<string> } {
      asked += 1;
      const id = String(asked);
      // First wait, then send: an answer may be there before `send` has returned.
      const answer = new Promise<string>((resolve) => waiting.set(id, resolve));
      send({ id, question });
      return { id, answer };
    },
    onReply({ id, answer }: Reply): boolean {
      const resolve = waiting.get(id);
      waiting.delete(id);
      resolve?.(answer);
      return resolve !== undefined;
    },
    giveUp(id: string): void {
      waiting.delete(id);
    },
    waiting: () => waiting.size,
  };
}
