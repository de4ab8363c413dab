import { percentile } from '@conveyor/testing/percentile';

const steps = 100;

/** Which share of these values, in percent, lies below which value: without the last hundredth, which would dwarf all others. */
export function distribution(values: readonly number[]): readonly (readonly [x: number, y: number])[] {
  return Array.from({ length: steps }, (_, n) => [percentile(values, (n + 0.5) / steps), n] as const);
}
