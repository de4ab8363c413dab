import { deepStrictEqual, ok, strictEqual } from 'node:assert/strict';
import { test } from 'node:test';
import { advance, type Overdue, type SagaMessage } from './advance.ts';
import { progress } from './progress.ts';
import { heardBy } from './saga.ts';
import { overdue, reply, type TripState, trip } from './trip.fixture.ts';

const steps = ['plan', 'hotel', 'flight', 'confirm'];
const commands = steps.flatMap((step) => [step, `undo ${step}`]);

/** What can happen at any time: every type of message, naming any command; the beginning or any command overdue. */
const inputs: readonly (SagaMessage | Overdue)[] = [
  { overdue: trip.start.begunBy },
  ...commands.map(overdue),
  ...commands.flatMap((command) =>
    heardBy(trip).map((type) => reply(type, command, { traveller: 'ada', nights: 2, reason: 'refused' })),
  ),
];

/** What `state` can become next, and because of what. */
function outcomesOf(state: TripState | undefined) {
  return inputs.flatMap((input) => {
    const outcome = advance(trip, state, input);
    return 'state' in outcome ? [{ input, ...outcome }] : [];
  });
}

/** Every state that any sequence of inputs leads to, each once. */
function reachable(): readonly TripState[] {
  const found = new Map<string, TripState>();
  const visit = (from: TripState | undefined) => {
    for (const { state } of outcomesOf(from)) {
      const key = JSON.stringify(state);
      if (found.has(key)) continue;
      found.set(key, state);
      visit(state);
    }
  };
  visit(undefined);
  return [...found.values()];
}

const states = reachable();
const isEnd = ({ status }: TripState) => status === 'completed' || status === 'compensated';

test('there are states of every kind to look at', () => {
  deepStrictEqual([...new Set(states.map(({ status }) => status))].sort(), [
    'cancelled-before',
    'compensated',
    'compensating',
    'completed',
    'running',
  ]);
  ok(states.some((state) => progress(trip, state).state === 'stuck'));
});

test('every state survives being written as JSON', () => {
  for (const state of states) deepStrictEqual(JSON.parse(JSON.stringify(state)), state);
});

test('what changed the saga changes nothing when it comes again', () => {
  for (const from of [undefined, ...states]) {
    for (const { input, state } of outcomesOf(from)) ok('dropped' in advance(trip, state, input));
  }
});

test('a saga that is not at its end waits, in time, for its beginning or the reply to its command, or says that it is stuck', () => {
  for (const from of [undefined, ...states]) {
    for (const { state, commands, limitMs } of outcomesOf(from)) {
      const isWaiting = !isEnd(state) && !('stuck' in state);
      strictEqual(limitMs !== undefined, isWaiting);
      const asked = commands.map(({ id }) => id);
      const awaited = state.status === 'cancelled-before' ? [trip.start.begunBy, ...asked] : asked;
      if (isWaiting) deepStrictEqual('awaiting' in state && [state.awaiting], awaited);
      else deepStrictEqual(asked, []);
    }
  }
});

test('from every state the saga can come to its end, and from there it goes nowhere', () => {
  const canEnd = (state: TripState): boolean =>
    isEnd(state) || outcomesOf(state).some((outcome) => canEnd(outcome.state));
  for (const state of states) {
    ok(canEnd(state));
    if (isEnd(state)) deepStrictEqual(outcomesOf(state), []);
  }
});

test('at the end everything is done, or all that was done is undone in reverse order', () => {
  for (const { status, done } of states.filter((state) => 'done' in state)) {
    if (status === 'completed') deepStrictEqual(done, steps);
    if (status !== 'compensated') continue;
    const undone = done.filter((name) => name.startsWith('undo ')).map((name) => name.slice(5));
    const wasDone = done.filter((name) => !name.startsWith('undo '));
    // The one that was in flight, if any, is undone first.
    const inFlight = undone.filter((name) => !wasDone.includes(name));
    deepStrictEqual(undone, [...inFlight, ...wasDone.toReversed()]);
    ok(inFlight.length <= 1);
  }
});

test('no command is sent a second time', () => {
  const visit = (from: TripState | undefined, sent: readonly string[]) => {
    for (const { state, commands } of outcomesOf(from)) {
      const ids = commands.map(({ id }) => id);
      ok(!ids.some((id) => sent.includes(id)));
      visit(state, [...sent, ...ids]);
    }
  };
  visit(undefined, []);
});
