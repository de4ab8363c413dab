/** The ten files that took longest, a line for each; none of a run so small that everybody sees it. */
export function slowest(msOf: ReadonlyMap<string, number>): readonly string[] {
  if (msOf.size <= 10) return [];
  const [most, others] = [[...msOf].toSorted(([, a], [, b]) => b - a).slice(0, 10), msOf.size - 10];
  const lines = most.map(([file, ms]) => `${(ms / 1000).toFixed(0).padStart(5)} s  ${file}`);
  return [`the ten slowest of ${others + 10} files:`, ...lines];
}
