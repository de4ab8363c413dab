interface Begun {
  readonly name: string;
  readonly outcome: 'done' | 'failed' | 'silent';
}

export function toUndo(steps: readonly Begun[]): readonly string[] {
  if (steps.every(({ outcome }) => outcome === 'done')) return [];
  // Whoever is asked to undo what was never done must stand that, and refuse it when it comes after all.
  const mayBeDone = steps.filter(({ outcome }) => outcome !== 'failed');
  return mayBeDone.toReversed().map(({ name }) => name);
}
