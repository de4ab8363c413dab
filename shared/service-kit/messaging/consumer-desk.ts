import type { ConsumerState } from '@conveyor/contracts/http';

/** The consumers of one service, and who of them is paused. */
export interface ConsumerDesk {
  list(): Promise<readonly ConsumerState[]>;
  /** Undefined: the service has no such consumer. */
  change(consumer: string, paused: boolean): Promise<ConsumerState | undefined>;
}
