import type { Comparison, Plot } from '../figure.ts';
import type { State } from './state-of.ts';

/** A tenth of many orders in a row. */
export interface Tenth {
  /** How many orders there were in all at its end. */
  readonly orders: number;
  readonly perSecond: number;
  /** At its end. */
  readonly state: State;
}

/** The last tenth beside the first. Of the speed also beside the best: the first one may have been slow because all was new. */
export function overTenths(tenths: readonly Tenth[]): readonly Comparison[] {
  const [first, last] = [tenths[0], tenths.at(-1)];
  if (!first || !last) throw new Error('nothing was measured');
  const beside = (what: string, unit: string, of: (tenth: Tenth) => number): Comparison => ({
    what,
    unit,
    ours: [of(last)],
    theirs: [of(first)],
  });
  return [
    { ...beside('speed', 'orders/s', ({ perSecond }) => perSecond), aim: { is: 'at least', ratio: 0.9 } },
    {
      what: 'speed, against the best tenth',
      unit: 'orders/s',
      ours: [last.perSecond],
      theirs: [Math.max(...tenths.map(({ perSecond }) => perSecond))],
    },
    { ...beside('memory of the services', 'MiB', memoryOf), aim: { is: 'at most', ratio: 1.2 } },
    ...Object.keys(last.state.memory).map((service) =>
      beside(`memory of ${service}`, 'MiB', ({ state }) => state.memory[service] ?? Number.NaN),
    ),
    beside('dead rows of the outboxes', 'rows', ({ state }) => state.outboxes.dead),
    beside('rows that wait in the outboxes', 'rows', ({ state }) => state.outboxes.live),
    beside('dead rows of the inboxes', 'rows', ({ state }) => state.inboxes.dead),
    beside('rows of the inboxes', 'rows/order', ({ state, orders }) => state.inboxes.live / orders),
  ];
}

export function plotsOf(tenths: readonly Tenth[]): readonly Plot[] {
  const line = (name: string, of: (tenth: Tenth) => number) => ({
    name,
    points: tenths.map((tenth) => [tenth.orders, of(tenth)] as const),
  });
  return [
    {
      title: 'Speed of each tenth',
      x: 'orders',
      y: 'orders/s',
      lines: [line('completed', ({ perSecond }) => perSecond)],
    },
    { title: 'Memory of all services', x: 'orders', y: 'MiB', lines: [line('resident', memoryOf)] },
    {
      title: 'Rows of all outboxes',
      x: 'orders',
      y: 'rows',
      lines: [
        line('dead', ({ state }) => state.outboxes.dead),
        line('waiting', ({ state }) => state.outboxes.live),
      ],
    },
  ];
}

/** Of all services together, in MiB. */
export function memoryOf({ state }: Tenth): number {
  return Object.values(state.memory).reduce((total, memory) => total + memory, 0);
}
