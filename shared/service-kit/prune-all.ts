const rowsAtOnce = 10_000;

/** Repeats `prune`, which deletes `atMost` rows and answers how many there were, until there are no more: so no statement locks too many. */
export async function pruneAll(prune: (atMost: number) => Promise<number>): Promise<void> {
  while ((await prune(rowsAtOnce)) === rowsAtOnce);
}
