import { deepStrictEqual, ok, throws } from 'node:assert/strict';
import { test } from 'node:test';
import { derivedMessageId } from '@conveyor/brokers';
import { specify } from '@conveyor/testing/specs/given-when-then';
import { advance, type Overdue, type SagaMessage } from './advance.ts';
import { afterLimit } from './after-limit.ts';
import { inWords, progress } from './progress.ts';
import { message, overdue, reply, type TripState, trip, tripId } from './trip.fixture.ts';

const planned = message('trip.planned', { traveller: 'ada', nights: 2, notes: 'a long text' });
const givenUp = message('trip.given-up', { reason: 'changed-mind' });
const notPlanned: Overdue = { overdue: 'trip.planned' };
const hotelBooked = reply('hotel.booked', 'hotel');
const hotelFull = reply('hotel.full', 'hotel', { reason: 'hotel-full' });
const hotelFreed = reply('hotel.freed', 'undo hotel');
const flightBooked = reply('flight.booked', 'flight');
const flightFull = reply('flight.full', 'flight', { reason: 'flight-full' });
const flightFreed = reply('flight.freed', 'undo flight');
const confirmed = reply('trip.confirmed', 'confirm');
const refused = reply('trip.refused', 'confirm', { reason: 'refused' });
const dropped = reply('trip.dropped', 'undo plan');

type Input = SagaMessage | Overdue;

/** The state after `input`, as a table would give it back. */
function next(state: TripState | undefined, input: Input): TripState | undefined {
  const outcome = advance(trip, state, input);
  return 'dropped' in outcome ? state : JSON.parse(JSON.stringify(outcome.state));
}

function after(...inputs: readonly Input[]): TripState | undefined {
  return inputs.reduce(next, undefined);
}

const { given } = specify({
  initial: after(),
  evolve: next,
  decide: (state, input: Input): object => {
    const outcome = advance(trip, state, input);
    if ('dropped' in outcome) return outcome;
    const sends = outcome.commands.map(({ type }) => type);
    return { sends, saga: inWords(progress(trip, outcome.state)) };
  },
});

test('the first message begins the saga, and the command of the first step is made from what is kept of it', () => {
  const awaiting = derivedMessageId(tripId, 'hotel');
  const data = { traveller: 'ada', nights: 2 };
  deepStrictEqual(advance(trip, undefined, planned), {
    state: { status: 'running', id: tripId, data, done: ['plan'], step: 'hotel', awaiting },
    commands: [{ id: awaiting, type: 'hotel.book', subject: tripId, data: { nights: 2 } }],
    limitMs: 2_000,
  });
});

test('each reply leads to the next step, that of the last to the end', () => {
  given(planned)
    .when(hotelBooked)
    .then({ sends: ['flight.book'], saga: 'running, next: flight' });
  given(planned, hotelBooked)
    .when(flightBooked)
    .then({ sends: ['trip.confirm'], saga: 'running, next: confirm' });
  given(planned, hotelBooked, flightBooked).when(confirmed).then({ sends: [], saga: 'done' });
});

test('a step that failed did nothing: the steps before it are undone in reverse order, one by one', () => {
  given(planned)
    .when(hotelFull)
    .then({ sends: ['trip.drop'], saga: 'compensating (hotel-full), next: undo plan' });
  given(planned, hotelBooked)
    .when(flightFull)
    .then({ sends: ['hotel.free'], saga: 'compensating (flight-full), next: undo hotel' });
  given(planned, hotelBooked, flightFull)
    .when(hotelFreed)
    .then({ sends: ['trip.drop'], saga: 'compensating (flight-full), next: undo plan' });
  given(planned, hotelBooked, flightFull, hotelFreed)
    .when(dropped)
    .then({ sends: [], saga: 'done (flight-full)' });
});

test('when the last step is refused everything is undone', () => {
  given(planned, hotelBooked, flightBooked)
    .when(refused)
    .then({ sends: ['flight.free'], saga: 'compensating (refused), next: undo flight' });
  given(planned, hotelBooked, flightBooked, refused)
    .when(flightFreed)
    .then({ sends: ['hotel.free'], saga: 'compensating (refused), next: undo hotel' });
});

test('a compensation is told the reason, and has a time limit of its own', () => {
  const outcome = advance(trip, after(planned), hotelFull);
  const id = derivedMessageId(tripId, 'undo plan');
  deepStrictEqual('commands' in outcome && [outcome.commands, outcome.limitMs], [
    [{ id, type: 'trip.drop', subject: tripId, data: { traveller: 'ada', reason: 'hotel-full' } }],
    1_000,
  ]);
});

test('cancelled while a step is in flight, that step is undone too, at once', () => {
  given(planned)
    .when(givenUp)
    .then({ sends: ['hotel.free'], saga: 'compensating (changed-mind), next: undo hotel' });
  given(planned, hotelBooked)
    .when(givenUp)
    .then({ sends: ['flight.free'], saga: 'compensating (changed-mind), next: undo flight' });
});

test('the late reply of a step that is being undone is dropped', () => {
  for (const late of [flightBooked, flightFull]) {
    given(planned, hotelBooked, givenUp).when(late).then({ dropped: 'no such reply is awaited' });
  }
});

test('cancelled while the last step is in flight, its reply decides', () => {
  const underWay = [planned, hotelBooked, flightBooked];
  given(...underWay)
    .when(givenUp)
    .then({ dropped: 'the reply to trip.confirm will tell' });
  given(...underWay, givenUp)
    .when(confirmed)
    .then({ sends: [], saga: 'done' });
  given(...underWay, givenUp)
    .when(refused)
    .then({ sends: ['flight.free'], saga: 'compensating (refused), next: undo flight' });
});

test('cancelled before it began, the saga goes straight to undoing', () => {
  given().when(givenUp).then({ sends: [], saga: 'compensating (changed-mind), next: plan' });
  given(givenUp)
    .when(planned)
    .then({ sends: ['trip.drop'], saga: 'compensating (changed-mind), next: undo plan' });
  given(givenUp, planned).when(dropped).then({ sends: [], saga: 'done (changed-mind)' });
});

test('cancelled before it began, and it never does: the saga is stuck, and goes on when it begins after all', () => {
  const outcome = advance(trip, undefined, givenUp);
  deepStrictEqual('limitMs' in outcome && outcome.limitMs, 60_000);
  given(givenUp)
    .when(notPlanned)
    .then({ sends: [], saga: 'stuck (trip.planned has not come for 60 seconds), next: plan' });
  given(givenUp, notPlanned).when(notPlanned).then({ dropped: 'nothing is overdue' });
  given(givenUp, notPlanned)
    .when(planned)
    .then({ sends: ['trip.drop'], saga: 'compensating (changed-mind), next: undo plan' });
  given(planned).when(notPlanned).then({ dropped: 'nothing is overdue' });
});

test('the first reason stays', () => {
  given(planned, hotelFull).when(givenUp).then({ dropped: 'the saga is compensating already' });
  given(givenUp)
    .when(message('trip.given-up', { reason: 'refused' }))
    .then({ dropped: 'the saga is cancelled-before already' });
});

test('after the end nothing happens any more', () => {
  const completed = [planned, hotelBooked, flightBooked, confirmed];
  given(...completed)
    .when(givenUp)
    .then({ dropped: 'the saga is completed already' });
  given(...completed)
    .when(confirmed)
    .then({ dropped: 'no such reply is awaited' });
  given(...completed)
    .when(planned)
    .then({ dropped: 'the saga has begun before' });
});

test('a reply counts only if it names the command that is awaited, and is one of its replies', () => {
  const unnamed = { type: 'hotel.booked', subject: tripId, data: {} };
  given(planned).when(unnamed).then({ dropped: 'no such reply is awaited' });
  given(planned).when(flightBooked).then({ dropped: 'no such reply is awaited' });
  given(planned)
    .when(reply('trip.confirmed', 'hotel'))
    .then({ dropped: 'trip.confirmed is no reply to what is awaited' });
  given(planned, hotelFull)
    .when(reply('hotel.freed', 'undo plan'))
    .then({ dropped: 'hotel.freed is no reply to what is awaited' });
  given().when(hotelBooked).then({ dropped: 'no such reply is awaited' });
});

test('a step that is not answered in time is undone, and all before it, for the reason in the table', () => {
  given(planned)
    .when(overdue('hotel'))
    .then({ sends: ['hotel.free'], saga: 'compensating (hotel-silent), next: undo hotel' });
  given(planned, hotelBooked)
    .when(overdue('flight'))
    .then({ sends: ['flight.free'], saga: 'compensating (flight-silent), next: undo flight' });
});

test('where nothing can be given up the saga is stuck, says why, and goes on when the reply comes after all', () => {
  const undoing = [planned, hotelBooked, flightFull, overdue('undo hotel')];
  given(planned, hotelBooked, flightFull).when(overdue('undo hotel')).then({
    sends: [],
    saga: 'stuck (hotel.free has not been answered for 10 minutes), next: undo hotel',
  });
  given(...undoing)
    .when(hotelFreed)
    .then({ sends: ['trip.drop'], saga: 'compensating (flight-full), next: undo plan' });

  const underWay = [planned, hotelBooked, flightBooked];
  given(...underWay)
    .when(overdue('confirm'))
    .then({ sends: [], saga: 'stuck (trip.confirm has not been answered for 5 seconds), next: confirm' });
  given(...underWay, overdue('confirm'))
    .when(confirmed)
    .then({ sends: [], saga: 'done' });
});

test('a time limit counts once, and only for the command that is awaited', () => {
  const nothing = { dropped: 'nothing is overdue' };
  given(planned, hotelBooked).when(overdue('hotel')).then(nothing);
  given(planned, hotelFull, overdue('undo plan')).when(overdue('undo plan')).then(nothing);
  given(planned, hotelFull, dropped).when(overdue('undo plan')).then(nothing);
});

test('progress tells what is done and what is still to come', () => {
  deepStrictEqual(progress(trip, undefined), {
    state: 'running',
    done: [],
    next: ['plan', 'hotel', 'flight', 'confirm'],
  });
  deepStrictEqual(progress(trip, after(planned, hotelBooked)), {
    state: 'running',
    done: ['plan', 'hotel'],
    next: ['flight', 'confirm'],
  });
  deepStrictEqual(progress(trip, after(planned, hotelBooked, givenUp, flightFreed)), {
    state: 'compensating',
    reason: 'changed-mind',
    done: ['plan', 'hotel', 'undo flight'],
    next: ['undo hotel', 'undo plan'],
  });
});

// --- a table that no longer has the step `flight` ---

const shorter = { ...trip, steps: trip.steps.slice(0, 1) };
const why = 'the saga has no step called flight';

test('a message to a saga in a step that the table no longer has is an error', () => {
  throws(() => advance(shorter, after(planned, hotelBooked), flightBooked), new Error(why));
});

test('a saga in a step that the table no longer has is shown as stuck, with what is known of it', () => {
  const done = ['plan', 'hotel'];
  deepStrictEqual(progress(shorter, after(planned, hotelBooked)), {
    state: 'stuck',
    reason: why,
    done,
    next: ['flight'],
  });
  deepStrictEqual(progress(shorter, after(planned, hotelBooked, givenUp)), {
    state: 'stuck',
    reason: why,
    done,
    next: ['undo flight', 'undo hotel', 'undo plan'],
  });
});

test('after its time limit it is stuck, until the table has the step again', () => {
  for (const [state, goesOn] of [
    [after(planned, hotelBooked), flightBooked],
    [after(planned, hotelBooked, givenUp), flightFreed],
  ] as const) {
    ok(state && 'awaiting' in state);
    const stuck = afterLimit(shorter, state);
    deepStrictEqual(stuck, { state: { ...state, stuck: why }, commands: [] });
    deepStrictEqual(advance(trip, stuck.state, goesOn), advance(trip, state, goesOn));
  }
});

test('a time limit that strikes where nothing is timed is for a person as well', () => {
  const state = after(planned, hotelFull, overdue('undo plan'));
  ok(state && 'awaiting' in state);
  deepStrictEqual(afterLimit(trip, state).state, { ...state, stuck: 'timed, but nothing is overdue' });
});
