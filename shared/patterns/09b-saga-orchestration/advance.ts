import { derivedMessageId } from '@conveyor/brokers';
import type { Compensation, Messages, Pivot, Reasons, Saga, Step } from './saga.ts';
import type { Compensating, Running, SagaState, Waiting } from './saga-state.ts';

/** A message that a saga hears; its data fits its type. */
export interface SagaMessage {
  readonly type: string;
  /** The id of the saga. */
  readonly subject: string;
  /** The id of the command that it answers. */
  readonly causationId?: string | undefined;
  readonly data: object;
}

/** Not a message, but that none came in time: what the saga is `awaiting`. */
export interface Overdue {
  readonly overdue: string;
}

/** A command to be sent. Its id follows from saga and step, so it is the same whenever it is decided. */
export type SagaCommand<M> = {
  [Type in keyof M & string]: {
    readonly id: string;
    readonly type: Type;
    readonly subject: string;
    readonly data: M[Type];
  };
}[keyof M & string];

export interface Advanced<M, Data, Reason> {
  readonly state: SagaState<Data, Reason>;
  readonly commands: readonly SagaCommand<M>[];
  /** How long what the state is `awaiting` may take. Absent: nothing is to be timed. */
  readonly limitMs?: number;
}

/** The message changes nothing; why, in words. */
export interface Dropped {
  readonly dropped: string;
}

/** The types of a table are for its writer and its callers; in here all tables are alike. */
type Table = Saga<Messages, unknown, string>;
type State = SagaState<unknown, string>;
type Next = Advanced<Messages, unknown, string>;

/**
 * One step of a saga. Pure: to be called with the state's row locked, and state and commands are to be
 * committed together.
 *
 * Nothing is assumed about the order of messages, nor that they come once: a reply counts only if it
 * names the command that is awaited. The first reason for which everything is undone stays.
 *
 * @throws Error when the state names a step that the table no longer has.
 */
export function advance<M extends Messages, Data, Reason extends string>(
  saga: Saga<M, Data, Reason>,
  state: SagaState<Data, Reason> | undefined,
  message: SagaMessage | Overdue,
): Advanced<M, Data, Reason> | Dropped;
export function advance(saga: Table, state: State | undefined, message: SagaMessage | Overdue) {
  if ('overdue' in message) return decideOverdue(saga, state, message.overdue);
  if (message.type === saga.start.begunBy) return begin(saga, state, message);
  const reason = reasonIn(saga.cancelledBy, message);
  if (reason !== undefined) return cancel(saga, state, message.subject, reason);
  return afterReply(saga, state, message);
}

function begin(
  saga: Table,
  state: State | undefined,
  { subject: id, data: begun }: SagaMessage,
): Next | Dropped {
  const { name, data } = saga.start;
  const begins = { id, data: data(begun), done: [name] };
  if (!state) return ask(begins, firstOf(saga));
  if (state.status !== 'cancelled-before') return { dropped: 'the saga has begun before' };
  return undo(saga, begins, [name], state.reason);
}

function cancel(saga: Table, state: State | undefined, id: string, reason: string): Next | Dropped {
  if (!state) {
    const { begunBy: awaiting, limitMs } = saga.start;
    return { state: { status: 'cancelled-before', id, reason, awaiting }, commands: [], limitMs };
  }
  if (state.status !== 'running') return { dropped: `the saga is ${state.status} already` };
  const row = rowOf(saga, state.step);
  if (!('undo' in row)) return { dropped: `the reply to ${row.command} will tell` };
  return undoInFlight(saga, state, reason);
}

function afterReply(saga: Table, state: State | undefined, message: SagaMessage): Next | Dropped {
  if (!isAwaited(state, message.causationId) || state.status === 'cancelled-before') {
    return { dropped: 'no such reply is awaited' };
  }
  if (state.status === 'compensating') return afterUndo(saga, state, message);
  const row = rowOf(saga, state.step);
  const reason = reasonIn(row.failed, message);
  // What failed did nothing: only what was done before it is to be undone.
  if (reason !== undefined) return undo(saga, state, state.done.toReversed(), reason);
  if (message.type !== row.done) return notAReply(message);
  const { id, data } = state;
  const done = [...state.done, row.name];
  return 'undo' in row
    ? ask({ id, data, done }, rowAfter(saga, row))
    : { state: { status: 'completed', id, done }, commands: [] };
}

function afterUndo(saga: Table, state: Compensating<unknown, string>, message: SagaMessage): Next | Dropped {
  const [step, ...others] = state.undo;
  if (message.type !== compensationOf(saga, step).reply) return notAReply(message);
  return undo(saga, { ...state, done: [...state.done, `undo ${step}`] }, others, state.reason);
}

function decideOverdue(saga: Table, state: State | undefined, awaited: string): Next | Dropped {
  if (!isAwaited(state, awaited) || state.stuck) return { dropped: 'nothing is overdue' };
  switch (state.status) {
    case 'cancelled-before':
      return getStuck(state, `${awaited} has not come for ${inWords(saga.start.limitMs)}`);
    case 'running': {
      const row = rowOf(saga, state.step);
      return 'undo' in row ? undoInFlight(saga, state, row.overdue) : getStuck(state, unanswered(row));
    }
    case 'compensating':
      return getStuck(state, unanswered(compensationOf(saga, state.undo[0])));
  }
}

/** Nothing can be decided, and nothing given up. It is awaited still: when it comes after all, the saga goes on. */
function getStuck(state: Waiting<unknown, string>, stuck: string): Next {
  return { state: { ...state, stuck }, commands: [] };
}

function unanswered({ command, limitMs }: { readonly command: string; readonly limitMs: number }): string {
  return `${command} has not been answered for ${inWords(limitMs)}`;
}

/** What stays from one state to the next. */
type Carried = Pick<Running<unknown>, 'id' | 'data' | 'done'>;

function ask({ id, data, done }: Carried, { name: step, command, data: bodyOf, limitMs }: Row): Next {
  const awaiting = derivedMessageId(id, step);
  return {
    state: { status: 'running', id, data, done, step, awaiting },
    commands: [{ id: awaiting, type: command, subject: id, data: bodyOf(data) }],
    limitMs,
  };
}

/** Nobody knows what came of the step in flight: it is undone too, at once; its own reply is no longer awaited. */
function undoInFlight(saga: Table, state: Running<unknown>, reason: string): Next {
  return undo(saga, state, [state.step, ...state.done.toReversed()], reason);
}

/** Undoes the first of `steps`; the others follow one by one, each after the reply to the one before. */
function undo(
  saga: Table,
  { id, data, done }: Carried,
  [step, ...others]: readonly string[],
  reason: string,
): Next {
  if (step === undefined) return { state: { status: 'compensated', id, done, reason }, commands: [] };
  const { command, data: bodyOf, limitMs } = compensationOf(saga, step);
  const awaiting = derivedMessageId(id, `undo ${step}`);
  return {
    state: { status: 'compensating', id, data, done, undo: [step, ...others], awaiting, reason },
    commands: [{ id: awaiting, type: command, subject: id, data: bodyOf(data, reason) }],
    limitMs,
  };
}

type Row = Step<Messages, unknown, string> | Pivot<Messages, unknown, string>;

function firstOf({ steps: [first], pivot }: Table): Row {
  return first ?? pivot;
}

function rowAfter({ steps, pivot }: Table, row: Row): Row {
  return steps[steps.findIndex(({ name }) => name === row.name) + 1] ?? pivot;
}

function rowOf({ steps, pivot }: Table, name: string): Row {
  return [...steps, pivot].find((row) => row.name === name) ?? unknownStep(name);
}

function compensationOf({ start, steps }: Table, name: string): Compensation<Messages, unknown, string> {
  return [start, ...steps].find((row) => row.name === name)?.undo ?? unknownStep(name);
}

function unknownStep(name: string): never {
  throw new Error(`the saga has no step called ${name}`);
}

function isAwaited(state: State | undefined, awaited: string | undefined): state is Waiting<unknown, string> {
  return state !== undefined && 'awaiting' in state && state.awaiting === awaited;
}

function reasonIn(reasons: Reasons<Messages, string>, { type, data }: SagaMessage): string | undefined {
  return Object.hasOwn(reasons, type) ? reasons[type]?.(data) : undefined;
}

function notAReply({ type }: SagaMessage): Dropped {
  return { dropped: `${type} is no reply to what is awaited` };
}

function inWords(ms: number): string {
  return ms < 120_000 ? `${ms / 1000} seconds` : `${Math.round(ms / 60_000)} minutes`;
}
