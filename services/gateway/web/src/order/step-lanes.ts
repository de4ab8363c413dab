/** Who does a step: the timeline names only the step. */
const lanes: Readonly<Record<string, string>> = {
  create: 'order',
  'note reserved': 'order',
  complete: 'order',
  cancel: 'order',
  expire: 'order',
  reserve: 'inventory',
  sell: 'inventory',
  release: 'inventory',
  ship: 'inventory',
  'ask for charge': 'payment',
  charge: 'payment',
  'check for refund': 'payment',
  refund: 'payment',
};

/** `undo charge` is done by whoever does `charge`; a step that is not known stands with the order. */
export function laneOfStep(step: string): string {
  return lanes[step.replace(/^undo /, '')] ?? 'order';
}
