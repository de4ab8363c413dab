import { type Advanced, advance } from './advance.ts';
import type { Messages, Saga } from './saga.ts';
import type { Waiting } from './saga-state.ts';

/**
 * What follows when what a saga is awaiting has not come in time. Always something: a saga of which nothing can be
 * decided, because it is in a step that the table no longer has, is stuck and says so. It must not keep others, whose
 * time is over as well, from being looked at.
 */
export function afterLimit<M extends Messages, Data, Reason extends string>(
  saga: Saga<M, Data, Reason>,
  state: Waiting<Data, Reason>,
): Advanced<M, Data, Reason> {
  const getStuck = (stuck: string) => ({ state: { ...state, stuck }, commands: [] });
  try {
    const advanced = advance(saga, state, { overdue: state.awaiting });
    return 'dropped' in advanced ? getStuck(`timed, but ${advanced.dropped}`) : advanced;
  } catch (error) {
    return getStuck(error instanceof Error ? error.message : String(error));
  }
}
