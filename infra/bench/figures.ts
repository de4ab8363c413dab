import type { Figure } from './figure.ts';
import { cost } from './figures/cost.ts';
import { relayDrain } from './figures/relay-drain.ts';
import { throughput } from './figures/throughput.ts';

/** Everything that is measured, in the order of the report. */
export const figures: readonly Figure[] = [cost, throughput, relayDrain];
