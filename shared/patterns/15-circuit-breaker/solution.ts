type Circuit =
  | { readonly state: 'closed'; readonly failures: number }
  | { readonly state: 'open'; readonly until: number }
  | { readonly state: 'half-open' };

interface Event {
  readonly kind: 'worked' | 'failed' | 'asked';
  readonly at: number;
}

const limit = 3;
const pauseMs = 1_000;

export function next(circuit: Circuit, { kind, at }: Event): Circuit {
  if (circuit.state === 'open') {
    // Only time ends it: what ends now began before.
    return kind === 'asked' && at >= circuit.until ? { state: 'half-open' } : circuit;
  }
  if (kind === 'asked') return circuit;
  if (kind === 'worked') return { state: 'closed', failures: 0 };
  const failures = circuit.state === 'closed' ? circuit.failures + 1 : limit;
  return failures >= limit ? { state: 'open', until: at + pauseMs } : { state: 'closed', failures };
}
