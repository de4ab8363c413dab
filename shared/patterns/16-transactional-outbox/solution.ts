interface Row {
  readonly id: number;
}

export function deletable(batch: readonly Row[], said: readonly (string | undefined)[]): readonly number[] {
  return batch.filter((_, position) => said[position] === 'confirmed').map(({ id }) => id);
}

/** `lastSeen` is of no use: ids are given before the commit, so a lower one may turn up later. */
export function nextBatch(visible: readonly Row[], _lastSeen: number, limit: number): readonly number[] {
  return visible
    .map(({ id }) => id)
    .toSorted((one, other) => one - other)
    .slice(0, limit);
}
