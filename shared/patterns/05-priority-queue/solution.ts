type PerLevel = Readonly<Record<string, number>>;

/** The level that has had the least of its share so far, of those of which something waits. */
export function next(waiting: PerLevel, begun: readonly string[], shares: PerLevel): string | undefined {
  const turns = (level: string) =>
    (begun.filter((other) => other === level).length + 1) / (shares[level] ?? 1);
  return Object.keys(shares)
    .filter((level) => (waiting[level] ?? 0) > 0)
    .toSorted((a, b) => turns(a) - turns(b))[0];
}
