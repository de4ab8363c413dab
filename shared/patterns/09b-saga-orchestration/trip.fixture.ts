import { derivedMessageId } from '@conveyor/brokers';
import type { Overdue, SagaMessage } from './advance.ts';
import type { Saga } from './saga.ts';
import type { SagaState } from './saga-state.ts';

// A saga of another trade, for the tests: the engine knows nothing of orders.

type Reason = 'hotel-full' | 'hotel-silent' | 'flight-full' | 'flight-silent' | 'changed-mind' | 'refused';

type TripMessages = {
  'trip.planned': { traveller: string; nights: number; notes: string };
  'trip.given-up': { reason: Reason };
  'hotel.book': { nights: number };
  'hotel.booked': object;
  'hotel.full': { reason: Reason };
  'hotel.free': object;
  'hotel.freed': object;
  'flight.book': { traveller: string };
  'flight.booked': object;
  'flight.full': { reason: Reason };
  'flight.free': object;
  'flight.freed': object;
  'trip.confirm': object;
  'trip.confirmed': object;
  'trip.refused': { reason: Reason };
  'trip.drop': { traveller: string; reason: Reason };
  'trip.dropped': object;
};

interface Trip {
  readonly traveller: string;
  readonly nights: number;
}

export type TripState = SagaState<Trip, Reason>;
export type TripSaga = Saga<TripMessages, Trip, Reason>;

export const trip: TripSaga = {
  start: {
    name: 'plan',
    begunBy: 'trip.planned',
    data: ({ traveller, nights }) => ({ traveller, nights }),
    limitMs: 60_000,
    undo: {
      command: 'trip.drop',
      data: ({ traveller }, reason) => ({ traveller, reason }),
      reply: 'trip.dropped',
      limitMs: 1_000,
    },
  },
  steps: [
    {
      name: 'hotel',
      command: 'hotel.book',
      data: ({ nights }) => ({ nights }),
      done: 'hotel.booked',
      failed: { 'hotel.full': ({ reason }) => reason },
      limitMs: 2_000,
      overdue: 'hotel-silent',
      undo: { command: 'hotel.free', data: () => ({}), reply: 'hotel.freed', limitMs: 600_000 },
    },
    {
      name: 'flight',
      command: 'flight.book',
      data: ({ traveller }) => ({ traveller }),
      done: 'flight.booked',
      failed: { 'flight.full': ({ reason }) => reason },
      limitMs: 3_000,
      overdue: 'flight-silent',
      undo: { command: 'flight.free', data: () => ({}), reply: 'flight.freed', limitMs: 4_000 },
    },
  ],
  pivot: {
    name: 'confirm',
    command: 'trip.confirm',
    data: () => ({}),
    done: 'trip.confirmed',
    failed: { 'trip.refused': ({ reason }) => reason },
    limitMs: 5_000,
  },
  cancelledBy: { 'trip.given-up': ({ reason }) => reason },
};

export const tripId = '0198c1a0-0000-7000-8000-000000000001';

export function message<Type extends keyof TripMessages>(type: Type, data: TripMessages[Type]): SagaMessage {
  return { type, subject: tripId, data };
}

/** A reply to the command that is sent for a step: `hotel`, `undo hotel`. */
export function reply(type: keyof TripMessages, to: string, data: object = {}): SagaMessage {
  return { type, subject: tripId, causationId: derivedMessageId(tripId, to), data };
}

/** The command of a step has not been answered in time. */
export function overdue(step: string): Overdue {
  return { overdue: derivedMessageId(tripId, step) };
}
