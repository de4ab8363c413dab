import { deepStrictEqual, strictEqual, throws } from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  decide,
  evolve,
  movementsOf,
  noReservation,
  type Reservation,
  type ReservationCommand,
  type ReservationEvent,
} from './reservation.ts';
import type { Available } from './stock.ts';

const items = [
  { sku: 'mug', quantity: 2 },
  { sku: 'tea', quantity: 1 },
];
const plenty: Available = new Map([
  ['mug', 10],
  ['tea', 10],
]);
const reserve = (available: Available): ReservationCommand => ({ type: 'reserve', items, available });
const release: ReservationCommand = { type: 'release' };
const sell: ReservationCommand = { type: 'sell' };

const reserved: ReservationEvent = { type: 'reserved', items };
const released: ReservationEvent = { type: 'released', items };
const sold: ReservationEvent = { type: 'sold', items };
const withdrawn: ReservationEvent = { type: 'withdrawn' };
const rejected: ReservationEvent = { type: 'rejected', missing: [{ sku: 'tea', wanted: 1, available: 0 }] };

function given(...events: ReservationEvent[]) {
  const reservation = events.reduce(evolve, noReservation);
  return {
    when: (command: ReservationCommand) => ({
      // biome-ignore lint/suspicious/noThenProperty: nobody awaits it, and the tests read given, when, then
      then: (...expected: ReservationEvent[]) => deepStrictEqual(decide(command, reservation), expected),
      rejected: (code: string) => deepStrictEqual(decide(command, reservation), { rejected: code }),
    }),
  };
}

test('an order gets all that it wants', () => {
  given().when(reserve(plenty)).then(reserved);
});

test('an order gets nothing when one of its products is short', () => {
  given()
    .when(reserve(new Map([['mug', 10]])))
    .then(rejected);
});

test('an order that names a product twice gets both together or nothing', () => {
  const twice: ReservationCommand = {
    type: 'reserve',
    items: [
      { sku: 'mug', quantity: 2 },
      { sku: 'mug', quantity: 2 },
    ],
    available: new Map([['mug', 3]]),
  };
  given()
    .when(twice)
    .then({ type: 'rejected', missing: [{ sku: 'mug', wanted: 4, available: 3 }] });
});

test('an order is reserved once, whatever has become of the reservation', () => {
  for (const history of [[reserved], [rejected], [reserved, released], [reserved, sold]]) {
    given(...history)
      .when(reserve(plenty))
      .then();
  }
});

test('what was reserved is given back once', () => {
  given(reserved).when(release).then(released);
  given(reserved, released).when(release).then();
});

test('a release that comes first leaves a tombstone, which refuses the reservation', () => {
  given().when(release).then(withdrawn);
  given(withdrawn).when(reserve(plenty)).then();
  given(withdrawn).when(release).then();
});

test('where nothing was reserved nothing is given back', () => {
  given(rejected).when(release).then();
});

test('what was reserved is sold once', () => {
  given(reserved).when(sell).then(sold);
  given(reserved, sold).when(sell).then();
});

test('what is sold is not given back', () => {
  given(reserved, sold).when(release).rejected('already-sold');
});

test('nothing can be sold that is not reserved', () => {
  for (const history of [[], [rejected], [withdrawn], [reserved, released]]) {
    given(...history)
      .when(sell)
      .rejected('not-reserved');
  }
});

// --- the same for every order of arrival ---

type Kind = ReservationCommand['type'];

/** The messages of one order that the flow can produce, in the order in which it does. */
const flows: readonly (readonly Kind[])[] = [
  ['reserve'],
  ['reserve', 'sell'], // paid
  ['reserve', 'release', 'release'], // payment failed, and order cancelled for it
  ['reserve', 'release'], // cancelled or expired
];

interface Shelf {
  readonly onHand: number;
  readonly reserved: number;
  readonly sold: number;
}

interface Run {
  readonly reservation: Reservation;
  readonly shelf: Shelf;
}

const wanted = 3;

/** Handles one message as the service does; undefined: it was refused and will be delivered again. */
function handle({ reservation, shelf }: Run, kind: Kind): Run | undefined {
  const available = new Map([['mug', shelf.onHand - shelf.reserved]]);
  const command: ReservationCommand =
    kind === 'reserve'
      ? { type: kind, items: [{ sku: 'mug', quantity: wanted }], available }
      : { type: kind };
  const decision = decide(command, reservation);
  if ('rejected' in decision) return undefined;
  return {
    reservation: decision.reduce(evolve, reservation),
    shelf: decision.flatMap(movementsOf).reduce(
      (before, by) => ({
        onHand: before.onHand + by.onHand,
        reserved: before.reserved + by.reserved,
        sold: before.sold + by.sold,
      }),
      shelf,
    ),
  };
}

function run(onHand: number, arrivals: readonly Kind[]): Shelf {
  let state: Run = { reservation: noReservation, shelf: { onHand, reserved: 0, sold: 0 } };
  const waiting = [...arrivals];
  let refusedInARow = 0;
  while (waiting.length > refusedInARow) {
    const kind = waiting.shift() as Kind;
    const next = handle(state, kind);
    refusedInARow = next ? 0 : refusedInARow + 1;
    if (!next) waiting.push(kind);
    state = next ?? state;
    const { shelf } = state;
    strictEqual(shelf.onHand + shelf.sold, onHand, 'units appeared or vanished');
    strictEqual(shelf.reserved >= 0 && shelf.reserved <= shelf.onHand, true, 'promised what is not there');
  }
  strictEqual(waiting.length, 0, 'a message was refused for ever');
  return state.shelf;
}

test('nothing follows from an event that this version does not know', () => {
  const lent = { type: 'lent', items } as unknown as ReservationEvent;
  throws(() => evolve({ status: 'reserved', items }, lent), /unknown event lent/);
});

test('messages of an order in any order of arrival, any of them repeated, leave the stock of the ordered run', () => {
  const arrivals = fc
    .constantFrom(...flows)
    .chain((flow) =>
      fc.record({
        flow: fc.constant(flow),
        repeated: fc.array(fc.constantFrom(...flow), { maxLength: 5 }),
        onHand: flow.includes('sell') ? fc.integer({ min: wanted, max: 9 }) : fc.integer({ min: 0, max: 9 }),
      }),
    )
    .chain(({ flow, repeated, onHand }) =>
      fc.record({
        flow: fc.constant(flow),
        onHand: fc.constant(onHand),
        arrived: fc.shuffledSubarray([...flow, ...repeated], { minLength: flow.length + repeated.length }),
      }),
    );
  fc.assert(
    fc.property(arrivals, ({ flow, onHand, arrived }) => {
      deepStrictEqual(run(onHand, arrived), run(onHand, flow));
    }),
    { numRuns: 1_000 },
  );
});
