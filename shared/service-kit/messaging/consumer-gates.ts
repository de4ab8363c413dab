import { Gate } from '@conveyor/brokers';
import type { ConsumerState } from '@conveyor/contracts/http';
import type { ConsumerName } from '@conveyor/topology';
import type { ConsumerDesk } from './consumer-desk.ts';

/**
 * One gate for each consumer of this process, before its queue, its topics and its retries: closed, it is paused on both brokers.
 * A breaker holds back what is in hand and knows nothing of gates, so neither undoes the other. A new process has open gates.
 */
export class ConsumerGates implements ConsumerDesk {
  readonly #gates = new Map<ConsumerName, Gate>();

  /** The gate of the consumer, which is known from now on. */
  gateOf(name: ConsumerName): Gate {
    const gate = this.#gates.get(name) ?? new Gate();
    this.#gates.set(name, gate);
    return gate;
  }

  get anyClosed(): boolean {
    return [...this.#gates.values()].some(({ isClosed }) => isClosed);
  }

  async list(): Promise<readonly ConsumerState[]> {
    return [...this.#gates].map(([consumer, { isClosed }]) => ({ consumer, paused: isClosed }));
  }

  async change(consumer: string, paused: boolean): Promise<ConsumerState | undefined> {
    const gate = this.#gates.get(consumer as ConsumerName);
    if (!gate) return undefined;
    if (paused) gate.close();
    else gate.open();
    return { consumer, paused: gate.isClosed };
  }
}
