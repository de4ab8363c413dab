import type { Broker, BrokerName, ConsumeOptions, Consumer } from '@conveyor/brokers';
import type { Draft, StageDatabase, Topologies } from '@conveyor/patterns/demo';

/** A chapter's `proof.ts` exports a list of them: what may happen, and what holds even then. */
export interface Proof {
  /** What breaks, and at which moment. It stands in a table, so a few words. */
  readonly failure: string;
  /** What must hold. `code`: short, for the table and for tests. */
  readonly invariant: { readonly code: string; readonly says: string };
  /** Where it can be shown. */
  readonly brokers: readonly BrokerName[];
  /** What the services import, as it runs in the process that is to break. */
  readonly right: Version;
  /** The wrong versions of `broken.ts`, by the names of their bugs. */
  readonly twins: Readonly<Record<string, Twin>>;
  /**
   * Plays the scenario, in which the failure happens if `trial.isBroken` and otherwise all goes well. Answers whose
   * invariant does not hold: an empty list for a version that keeps its promise. Rejects when it could not be played.
   */
  run(trial: Trial): Promise<readonly string[]>;
}

export interface Twin {
  readonly version: Version;
  /** Those that break the invariant when the failure happens, at least, by the ids that {@link Proof.run} answers. */
  readonly violates: readonly string[];
}

/** Sets one version up, in a process of its own. Resolves once it is at work; it goes on until the process ends. */
export type Version = (worker: Worker) => Promise<void>;

interface Place {
  readonly broker: BrokerName;
  /** For a twin with the plain driver, and for a look past our own adapters: RabbitMQ's URL, and Kafka's `host:port` list. */
  readonly servers: { readonly rabbitmq: string; readonly kafka: readonly string[] };
  /** A name that nobody else has, for a queue, a topic or a consumer; the same one for the trial and all its processes. */
  name(what: string): string;
  /** Connects to the broker, with what there is to be on it; absent: nothing new is declared. */
  open(topologies?: Topologies): Promise<Broker>;
}

/** What a version has to work with. */
export interface Worker extends Place {
  /** For what a version with the plain driver has opened: called when it is to stop in peace. */
  after(undo: () => Promise<unknown>): void;
  /** The database of the trial. */
  database(): Promise<StageDatabase>;
  /** Resolves once the consumer is handed messages. */
  consume(options: ConsumeOptions): Promise<Consumer>;
  /** For a consumer group that was made with the plain driver: so that it is removed after the trial. */
  knowConsumer(name: string): void;
  /**
   * Says that a named moment has come. It resolves at once; but the process that is to die at this moment gets no further
   * than here.
   */
  moment(name: string): Promise<void>;
}

/** Where a proof is played: on real servers, with everything under a name of this run and gone afterwards. */
export interface Trial extends Place {
  /** Whether the failure is to happen. */
  readonly isBroken: boolean;
  /** The database of this trial, with nothing but these tables in it: files of SQL, or SQL. */
  database(schemas: readonly (URL | string)[]): Promise<StageDatabase>;
  /** Resolves once the broker has stored them all. */
  send(drafts: readonly Draft[]): Promise<void>;
  /** Resolves once the consumer is handed messages: for those who hear what the version says. It is stopped at the end. */
  consume(options: ConsumeOptions): Promise<Consumer>;
  /** Starts a process with the version under test; resolves once it is at work, or dead. `dieAt`: at which moment it is killed (SIGKILL). */
  start(options?: { readonly dieAt?: string | undefined }): Promise<Process>;
  /** Resolves once `isSo`. Rejects when that takes too long, with `what` was waited for. */
  until(what: string, isSo: () => boolean | Promise<boolean>): Promise<void>;
  /** `undo` is called when the trial is over, however it ended. */
  after(undo: () => Promise<void>): void;
}

export interface Process {
  /** Resolves once it has been killed at the moment at which it was to die. Rejects if it ended otherwise, or never came to that moment. */
  readonly died: Promise<void>;
  /** SIGTERM: it finishes what it has in hand. */
  stop(): Promise<void>;
}
