import type { Delivery, OnDelivery } from '../../shared/brokers/index.ts';
import type { RealStage } from '../stage/stage.ts';

/** One that is to get every message. */
export interface Receiver {
  /** RabbitMQ: one queue. Kafka: topics; its group has the name of the receiver. */
  readonly channels: readonly string[];
  readonly name: string;
  readonly notBefore?: (delivery: Delivery) => number | undefined;
}

/** A pattern, set up on one broker. */
export interface Setting {
  readonly receivers: readonly Receiver[];
  /** Resolves once the messages are stored. */
  readonly send: (messages: readonly Numbered[]) => Promise<void>;
  /** What is done with a delivery until it may be acknowledged; `heard` is called when that is done. Absent: nothing more. */
  readonly handle?: (heard: OnDelivery) => OnDelivery;
  /** True: `send` resolves when the answers are there, so that is what is measured; nobody waits for one that comes later. */
  readonly isCall?: true;
  /** Milliseconds that each message waits on purpose: not counted as its time on the way. Absent: 0. */
  readonly waitMs?: number;
}

/** The nth message; `key`: within which its order counts. */
export interface Numbered {
  readonly n: number;
  readonly key: string;
}

export interface Scenario {
  /** Name of the chapter. */
  readonly pattern: string;
  /** What is measured, in a few words. */
  readonly what: string;
  prepare(stage: RealStage): Promise<Setting>;
}
