/**
 * The name that was meant by `wanted`: one of which it is a part, else the one into which it is turned by the fewest changes;
 * undefined when there are no names.
 */
export function nearest(wanted: string, names: readonly string[]): string | undefined {
  const within = names.filter((name) => wanted !== '' && name.includes(wanted));
  const among = within.length > 0 ? within : names;
  return among.toSorted((a, b) => distance(wanted, a) - distance(wanted, b))[0];
}

/** How many letters have to be put in, taken out or replaced (Levenshtein). */
function distance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, n) => n);
  for (const letter of from) {
    let [diagonal = 0] = row;
    let left = diagonal + 1;
    const next = [left];
    for (const [n, other] of [...to].entries()) {
      const above = row[n + 1] ?? 0;
      left = Math.min(left + 1, above + 1, diagonal + (letter === other ? 0 : 1));
      diagonal = above;
      next.push(left);
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}
