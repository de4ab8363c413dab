interface Waiting {
  readonly due: number | undefined;
  readonly storedAt: number;
  readonly delayMs: number;
}

export function pauseFor({ due, storedAt, delayMs }: Waiting, now: number): number {
  if (due === undefined) return 0;
  return Math.max(0, Math.min(due, storedAt + delayMs) - now);
}
