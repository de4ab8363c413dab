import type { BrokerName } from '../../shared/brokers/envelope.ts';
import type { Topologies } from '../../shared/patterns/demo.ts';
import type { Servers } from '../stage/servers.ts';

/** What a process of a trial is told when it starts, as JSON in the variable `PROOF`. */
export interface Assignment {
  readonly chapter: string;
  /** Which one of the chapter's proofs. */
  readonly proof: number;
  /** `right`, or the name of a twin. */
  readonly version: string;
  readonly broker: BrokerName;
  readonly run: string;
  readonly servers: Servers;
}

/** What it says to the trial. */
export type Word =
  | { readonly kind: 'at-work' }
  /** What it declares: likewise to be removed. */
  | { readonly kind: 'declares'; readonly topologies: Topologies }
  /** So that what the broker remembers of it can be removed. */
  | { readonly kind: 'consumes'; readonly name: string }
  /** It goes on when the trial has answered, with anything. */
  | { readonly kind: 'moment'; readonly name: string };
