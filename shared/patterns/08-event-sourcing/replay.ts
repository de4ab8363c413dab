/** What events have been folded into: a state, and the version of the last event in it; 0 before the first. */
export interface Folded<State> {
  readonly state: State;
  readonly version: number;
}

/** An event is not there, though a later one is. Whatever was folded without it would be a guess. */
export class MissingEvent extends Error {
  override readonly name = 'MissingEvent';
  /** The one that should have come next. */
  readonly version: number;

  constructor(version: number) {
    super(`the event with version ${version} is missing`);
    this.version = version;
  }
}

/**
 * The state after `events`, oldest first, on top of `start`: nothing, or a snapshot. What is in `start` already is passed
 * over, and so is an event that comes twice, as it may in a log.
 *
 * @throws MissingEvent when a version is left out.
 */
export function replay<State, Event extends { readonly version: number }>(
  start: Folded<State>,
  events: Iterable<Event>,
  evolve: (state: State, event: Event) => State,
): Folded<State> {
  let { state, version } = start;
  for (const event of events) {
    if (event.version <= version) continue;
    if (event.version > version + 1) throw new MissingEvent(version + 1);
    state = evolve(state, event);
    version = event.version;
  }
  return { state, version };
}
