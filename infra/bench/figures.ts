import type { Figure } from './figure.ts';
import { cost } from './figures/cost.ts';
import { endurance } from './figures/endurance.ts';
import { latency } from './figures/latency.ts';
import { paymentInstances } from './figures/payment-instances.ts';
import { peers } from './figures/peers.ts';
import { poison } from './figures/poison.ts';
import { readSide } from './figures/read-side.ts';
import { relayDrain } from './figures/relay-drain.ts';
import { relayLag } from './figures/relay-lag.ts';
import { styles } from './figures/styles.ts';
import { throughput } from './figures/throughput.ts';
import { batching, inbox, recorder } from './figures/without.ts';

/** Everything that is measured, in the order of the report. */
export const figures: readonly Figure[] = [
  cost,
  throughput,
  latency,
  peers,
  relayDrain,
  relayLag,
  readSide,
  endurance,
  styles,
  batching,
  recorder,
  inbox,
  poison,
  paymentInstances,
];
