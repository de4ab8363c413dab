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

/**
 * Where a saga is; `state` is undefined before anything is known of it. One that is under way in a step which the table
 * no longer has is stuck.
 */
export function progress<M extends Messages, Data, Reason extends string>(
  { start, steps, pivot }: Saga<M, Data, Reason>,
  state: SagaState<Data, Reason> | undefined,
): Progress {
  const names = [start, ...steps, pivot].map(({ name }) => name);
  if (!state) return { state: 'running', done: [], next: names };
  const reason = whyStuck(names, state);
  const place = placeOf(names, state);
  return reason === undefined ? place : { ...place, state: 'stuck', reason };
}

function placeOf(names: readonly string[], state: SagaState<unknown, string>): Progress {
  const done = 'done' in state ? [...state.done] : [];
  switch (state.status) {
    case 'cancelled-before': {
      const [first = ''] = names;
      return { state: 'compensating', reason: state.reason, done, next: [first, `undo ${first}`] };
    }
    case 'running': {
      const { step } = state;
      const next = names.includes(step) ? names.slice(names.indexOf(step)) : [step];
      return { state: 'running', done, next };
    }
    case 'compensating':
      return {
        state: 'compensating',
        reason: state.reason,
        done,
        next: state.undo.map((step) => `undo ${step}`),
      };
    case 'completed':
      return { state: 'done', done, next: [] };
    case 'compensated':
      return { state: 'done', reason: state.reason, done, next: [] };
  }
}

function whyStuck(names: readonly string[], state: SagaState<unknown, string>): string | undefined {
  if ('stuck' in state) return state.stuck;
  const gone = stepsAhead(state).find((step) => !names.includes(step));
  return gone && `the saga has no step called ${gone}`;
}

/** The steps that a state names because they are to be done, or undone. */
function stepsAhead(state: SagaState<unknown, string>): readonly string[] {
  if (state.status === 'running') return [state.step];
  return state.status === 'compensating' ? state.undo : [];
}

/** The same as a line of text: `compensating (payment-declined), next: undo reserve`. */
export function inWords({ state, reason, next: [next] }: Progress): string {
  return [state, reason && ` (${reason})`, next && `, next: ${next}`].filter(Boolean).join('');
}
