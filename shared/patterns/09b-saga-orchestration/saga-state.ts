/** Where a saga is: plain JSON, so that it can be kept in a table and taken up after a crash. */
export type SagaState<Data, Reason> = Waiting<Data, Reason> | Completed | Compensated<Reason>;

/** Cancelled by a message that overtook the one with which the saga begins. */
interface Cancelled<Reason> {
  readonly status: 'cancelled-before';
  readonly id: string;
  readonly reason: Reason;
  /** The type of the message with which it begins. */
  readonly awaiting: string;
  readonly stuck?: string;
}

/** A saga that is not at its end. */
export type Waiting<Data, Reason> = Cancelled<Reason> | Running<Data> | Compensating<Data, Reason>;

/** What has been done so far, in order: `charge`, `undo charge`. */
type Done = readonly string[];

interface UnderWay<Data> {
  /** What the saga is about; the subject of all its messages. A UUID. */
  readonly id: string;
  readonly data: Data;
  readonly done: Done;
  /** The id of the command whose reply comes next. */
  readonly awaiting: string;
  /** In words, while it needs a person. The reply is awaited all the same. */
  readonly stuck?: string;
}

export interface Running<Data> extends UnderWay<Data> {
  readonly status: 'running';
  /** The step whose reply is awaited. */
  readonly step: string;
}

export interface Compensating<Data, Reason> extends UnderWay<Data> {
  readonly status: 'compensating';
  /** The steps to be undone, that whose reply is awaited first. */
  readonly undo: readonly [string, ...string[]];
  readonly reason: Reason;
}

interface Completed {
  readonly status: 'completed';
  readonly id: string;
  readonly done: Done;
}

interface Compensated<Reason> {
  readonly status: 'compensated';
  readonly id: string;
  readonly done: Done;
  readonly reason: Reason;
}
