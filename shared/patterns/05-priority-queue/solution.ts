type PerLevel = Readonly<Record<string, number>>;

/** By rounds, in each of which a level has as many turns as its share says; what it does not use is gone with the round. */
export function createChooser(shares: PerLevel): (waiting: PerLevel) => string | undefined {
  let turns: Record<string, number> = { ...shares };
  const unused = (level: string) => (turns[level] ?? 0) / (shares[level] ?? 1);
  return (waiting) => {
    const levels = Object.keys(shares).filter((level) => (waiting[level] ?? 0) > 0);
    if (levels.every((level) => unused(level) === 0)) turns = { ...shares };
    const [chosen] = levels.toSorted((a, b) => unused(b) - unused(a));
    if (chosen !== undefined) turns[chosen] = (turns[chosen] ?? 0) - 1;
    return chosen;
  };
}
