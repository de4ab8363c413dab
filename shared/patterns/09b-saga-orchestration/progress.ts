import type { Messages, Saga } from './saga.ts';
import type { SagaState } from './saga-state.ts';

/** A saga as it is shown to people. */
export interface Progress {
  /** `stuck` needs a person. */
  readonly state: 'running' | 'compensating' | 'done' | 'stuck';
  /** Why it is undone, or why it is stuck. */
  readonly reason?: string;
  /** The names of the steps that are done, in order; `undo charge` is the compensation of `charge`. */
  readonly done: string[];
  /** Those still to come if nothing else goes wrong, that under way first. */
  readonly next: string[];
}

/** Where a saga is; `state` is undefined before anything is known of it. */
export function progress<M extends Messages, Data, Reason extends string>(
  { start, steps, pivot }: Saga<M, Data, Reason>,
  state: SagaState<Data, Reason> | undefined,
): Progress {
  const names = [start, ...steps, pivot].map(({ name }) => name);
  if (!state) return { state: 'running', done: [], next: names };
  if (state.status === 'cancelled-before') {
    const next = [start.name, `undo ${start.name}`];
    return { state: 'compensating', reason: state.reason, done: [], next };
  }
  const done = [...state.done];
  const stuck = 'stuck' in state && { state: 'stuck' as const, reason: state.stuck };
  switch (state.status) {
    case 'running':
      return { state: 'running', done, next: names.slice(names.indexOf(state.step)), ...stuck };
    case 'compensating': {
      const next = state.undo.map((step) => `undo ${step}`);
      return { state: 'compensating', reason: state.reason, done, next, ...stuck };
    }
    case 'completed':
      return { state: 'done', done, next: [] };
    case 'compensated':
      return { state: 'done', reason: state.reason, done, next: [] };
  }
}

/** The same as a line of text: `compensating (payment-declined), next: undo reserve`. */
export function inWords({ state, reason, next: [next] }: Progress): string {
  return [state, reason && ` (${reason})`, next && `, next: ${next}`].filter(Boolean).join('');
}
