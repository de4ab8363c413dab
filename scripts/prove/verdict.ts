/** What a trial showed: whose invariant does not hold, or why it could not be played. */
export type Outcome = { readonly violated: readonly string[] } | { readonly crashed: string };

/** `right` must hold whatever happens; a twin must hold while all goes well, and break on those it names when the failure happens. */
export function complaint(
  version: string,
  isBroken: boolean,
  wanted: readonly string[],
  outcome: Outcome,
): string | undefined {
  if ('crashed' in outcome) return `could not be played: ${outcome.crashed}`;
  const { violated } = outcome;
  if (version === 'right' || !isBroken) {
    if (violated.length === 0) return undefined;
    return `${isBroken ? 'under the failure' : 'though nothing failed'} it does not hold for ${violated.join(', ')}`;
  }
  if (violated.length === 0) return 'holds under the failure, so nothing is proven';
  const missing = wanted.filter((id) => !violated.includes(id));
  if (missing.length === 0) return undefined;
  return `breaks for ${violated.join(', ')}, but was to break for ${missing.join(', ')}`;
}
