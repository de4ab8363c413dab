interface Line {
  readonly id: string;
  readonly correlationid: string;
  readonly causationid?: string;
}

export function wayTo(id: string, log: readonly Line[]): readonly string[] {
  const lines = new Map(log.map((line) => [line.id, line]));
  const way: string[] = [];
  let line = lines.get(id);
  while (line && !way.includes(line.id)) {
    way.unshift(line.id);
    line = line.causationid === undefined ? undefined : lines.get(line.causationid);
  }
  return way;
}
