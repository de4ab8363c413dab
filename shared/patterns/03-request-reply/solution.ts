interface Request {
  readonly id: string;
  readonly question: string;
}

interface Reply {
  readonly id: string;
  readonly answer: string;
}

export function createAsker(send: (request: Request) => void) {
  const waiting = new Map<string, PromiseWithResolvers<string>>();
  let asked = 0;
  return {
    ask(question: string): { readonly id: string; readonly answer: Promise<string> } {
      asked += 1;
      const id = String(asked);
      // First wait, then send: an answer may be there before `send` has returned.
      const open = Promise.withResolvers<string>();
      waiting.set(id, open);
      send({ id, question });
      return { id, answer: open.promise };
    },
    onReply({ id, answer }: Reply): boolean {
      const open = waiting.get(id);
      waiting.delete(id);
      open?.resolve(answer);
      return open !== undefined;
    },
    giveUp(id: string): void {
      waiting.get(id)?.reject(new Error('no answer in time'));
      waiting.delete(id);
    },
    waiting: () => waiting.size,
  };
}
