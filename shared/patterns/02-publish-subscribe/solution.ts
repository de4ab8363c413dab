export function createLog() {
  const messages: string[] = [];
  /** Group → how many messages it is done with. */
  const positions = new Map<string, number>();
  return {
    publish(message: string): void {
      messages.push(message);
    },
    next(group: string): string | undefined {
      return messages[positions.get(group) ?? 0];
    },
    commit(group: string): void {
      const position = positions.get(group) ?? 0;
      if (position < messages.length) positions.set(group, position + 1);
    },
  };
}
