type Circuit =
  | { readonly state: 'closed'; readonly failures: number }
  | { readonly state: 'open'; readonly until: number }
  | { readonly state: 'half-open'; readonly since: number };

interface Ended {
  readonly kind: 'worked' | 'failed';
  readonly at: number;
  readonly began: number;
}

type Event = Ended | { readonly kind: 'asked'; readonly at: number };

const limit = 3;
const pauseMs = 1_000;

export function next(
  circuit: Circuit,
  event: Event,
): { readonly circuit: Circuit; readonly mayCall: boolean } {
  return event.kind === 'asked'
    ? asked(circuit, event.at)
    : { circuit: ended(circuit, event), mayCall: false };
}

function asked(circuit: Circuit, at: number) {
  if (circuit.state === 'open' && at >= circuit.until)
    return { circuit: { state: 'half-open', since: at } as const, mayCall: true };
  return { circuit, mayCall: circuit.state === 'closed' };
}

function ended(circuit: Circuit, { kind, at, began }: Ended): Circuit {
  // Only time ends it: what ends now began before.
  if (circuit.state === 'open') return circuit;
  // It is not the one that tries, and tells how things were before.
  if (circuit.state === 'half-open' && began < circuit.since) return circuit;
  if (kind === 'worked') return { state: 'closed', failures: 0 };
  const failures = circuit.state === 'closed' ? circuit.failures + 1 : limit;
  return failures >= limit ? { state: 'open', until: at + pauseMs } : { state: 'closed', failures };
}
