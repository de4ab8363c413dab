import type { Address, Attributes, Broker, BrokerName, ConsumeOptions, Consumer } from '@conveyor/brokers';
import type { KafkaTopology } from '@conveyor/brokers/kafka';
import type { RabbitTopology } from '@conveyor/brokers/rabbitmq';
import type { RelayConnection } from '@conveyor/patterns/transactional-outbox/relay';
import type { Database, Tx } from '@conveyor/patterns/transactional-outbox/tx';

/** A chapter's `demo.ts` exports one: a run of a few seconds that shows its code at work on real messages. */
export interface Demo {
  /** What there is to see, in one line. */
  readonly title: string;
  /** Plays it on the broker of `stage`. Rejects when something that was to be seen did not happen. */
  run(stage: Stage): Promise<Seen>;
}

/** What was seen, in the order in which it is to be told: what → how much of it. Counted while it happened, never written down beforehand. */
export type Seen = Readonly<Record<string, number>>;

/** What became of a message; each kind has a sign and a colour. */
export type Fate = 'sent' | 'waits' | 'held' | 'handled' | 'given-up' | 'sent-again';

/** A message as a demo writes it; the rest of its envelope is made up. */
export interface Draft {
  readonly to: Address;
  readonly type: string;
  /** What it is about. Messages of one subject never overtake each other on their way to one address. */
  readonly subject: string;
  readonly body: string;
  /** Of its envelope, what is not made up: for example `dataschema`. */
  readonly attributes?: Attributes;
  readonly headers?: Attributes;
  /** RabbitMQ only. */
  readonly priority?: number;
}

/** What there is to be, on the broker on which it is played. */
export interface Topologies {
  readonly rabbitmq: Partial<RabbitTopology>;
  readonly kafka: KafkaTopology;
}

export interface StageDatabase extends Database, Tx {
  /** Opens a connection of its own, as a relay needs one. */
  connect(): Promise<RelayConnection>;
}

/**
 * Where a demo is played: it gets its broker, its tables and its audience from here, and leaves the clearing up to it.
 * All that it makes has a name of this run, and is removed after it.
 */
export interface Stage {
  readonly broker: BrokerName;
  /** A name that nobody else has, for a queue, a topic or a consumer. */
  name(what: string): string;
  /** Connects to the broker, with what there is to be on it. To be called once, before messages are sent or consumed. */
  open(topologies: Topologies): Promise<Broker>;
  /** A database with nothing but these tables in it. `schemas`: SQL, or files of it. */
  database(schemas: readonly (URL | string)[]): Promise<StageDatabase>;
  /** Resolves once the broker has stored them all. */
  send(drafts: readonly Draft[]): Promise<void>;
  /**
   * RabbitMQ only: sends messages each of which expires so many ms, its own of `ttlsMs`, after it has come to its queue. Our
   * adapter cannot do that, on purpose: it is the trap that the chapter on delays warns of.
   */
  sendExpiring(drafts: readonly Draft[], ttlsMs: readonly number[]): Promise<void>;
  /** Resolves once the consumer is handed messages. It is stopped at the end of the run, if not before. */
  consume(options: ConsumeOptions): Promise<Consumer>;
  /** For a consumer that the chapter's code starts itself: so that what the broker remembers of it is removed, too. */
  knowConsumer(name: string): void;
  /** `undo` is called when the run is over, however it ended; what was begun last ends first. */
  after(undo: () => Promise<void>): void;
  /** Resolves once `isSo`. Rejects when it takes too long, with `what` was waited for, and when the run is broken off. */
  until(what: string, isSo: () => boolean | Promise<boolean>): Promise<void>;

  /** Says in a paragraph what to watch, or what has been seen. */
  say(text: string): void;
  /** Prints what has just happened to the message `who`, with the time since the first that was shown. */
  show(fate: Fate, who: string, text: string): void;
  /** Prints facts one below the other: label → fact. */
  list(facts: Readonly<Record<string, string>>): void;
}
