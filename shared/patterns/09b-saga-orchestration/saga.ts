/** The data of every type of message that a saga hears or sends. */
export type Messages = Record<string, object>;

type TypeOf<M> = keyof M & string;

/** Types of messages, each with where its data says the reason. */
export type Reasons<M, Reason> = { readonly [Type in TypeOf<M>]?: (data: M[Type]) => Reason };

/** A command, with its data made from the saga's. A compensation is told the reason as well. */
type Request<M, Args extends readonly unknown[]> = {
  [Type in TypeOf<M>]: { readonly command: Type; readonly data: (...args: Args) => M[Type] };
}[TypeOf<M>];

/**
 * Undoes a step, also one that was never done: who is asked to must then refuse it when it comes after all.
 *
 * Like every command it is answered once per message id, and that is enough: its id stays the same however often it
 * is delivered, and the saga hears no reply to any other. A second answer would be a second event to all who listen.
 */
export type Compensation<M, Data, Reason> = Request<M, readonly [data: Data, reason: Reason]> & {
  readonly reply: TypeOf<M>;
  /** Unanswered for so long, the saga is stuck: a compensation cannot be given up. */
  readonly limitMs: number;
};

/** The message with which a saga begins, what is kept of it, and what ends an undone saga. */
export type Start<M, Data, Reason> = {
  [Type in TypeOf<M>]: {
    readonly name: string;
    readonly begunBy: Type;
    /** Plain JSON, and small: it is written anew with every step. Sagas under way keep what an older table made of it. */
    readonly data: (begun: M[Type]) => Data;
    /** How much later than a message that cancels it this one may come; after that the saga is stuck. */
    readonly limitMs: number;
    readonly undo: Compensation<M, Data, Reason>;
  };
}[TypeOf<M>];

/** The last step and the point of no return: whether it is done or failed is for its reply alone to say. */
export type Pivot<M, Data, Reason> = Request<M, readonly [data: Data]> & {
  /** Stays what it is as long as sagas are under way: their states name it. */
  readonly name: string;
  readonly done: TypeOf<M>;
  /** The replies which say that nothing was done. */
  readonly failed: Reasons<M, Reason>;
  /** From command to reply. */
  readonly limitMs: number;
};

export type Step<M, Data, Reason> = Pivot<M, Data, Reason> & {
  /** The reason for which everything is undone when the reply does not come in time. */
  readonly overdue: Reason;
  readonly undo: Compensation<M, Data, Reason>;
};

/** A saga as a table: one row per step, in the order in which they are done. */
export interface Saga<M extends Messages, Data, Reason extends string> {
  readonly start: Start<M, Data, Reason>;
  readonly steps: readonly Step<M, Data, Reason>[];
  readonly pivot: Pivot<M, Data, Reason>;
  /** What asks for the whole to be undone, from outside. */
  readonly cancelledBy: Reasons<M, Reason>;
}

/** Every type of message that the saga must hear, each once. */
export function heardBy<M extends Messages, Data, Reason extends string>(
  saga: Saga<M, Data, Reason>,
): readonly TypeOf<M>[] {
  const { start, steps, pivot, cancelledBy } = saga;
  const replies = [...steps, pivot].flatMap(({ done, failed }) => [done, ...Object.keys(failed)]);
  const undone = [start, ...steps].map(({ undo }) => undo.reply);
  return [...new Set([start.begunBy, ...Object.keys(cancelledBy), ...replies, ...undone])];
}
