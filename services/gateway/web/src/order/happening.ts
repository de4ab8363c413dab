import type { Timeline } from '@conveyor/contracts/http';
import { nameOf } from '../parts/formats.ts';

/** One entry of the flight recorder, about the order that is looked at. */
export type Happening = Timeline['entries'][number];

/** Messages that undo something, or ask for it. */
const undoing: ReadonlySet<string> = new Set([
  'inventory.release',
  'inventory.released',
  'payment.refund',
  'payment.refunded',
  'order.cancel',
  'order.cancel-requested',
  'order.cancelled',
]);

export function isUndoing(type: string): boolean {
  return undoing.has(type);
}

/** In words: what happened, for somebody who reads it from top to bottom. */
export function wordsOf({ kind, type = 'a message', attempt = 1, detail, broker }: Happening): string {
  const because = detail ? `: ${detail}` : '';
  switch (kind) {
    case 'published':
      return `sends ${type}${detail ? ` to ${detail}` : ''}${broker ? ` (${nameOf(broker)})` : ''}`;
    case 'received':
      return `receives ${type}${attempt > 1 ? `, try ${attempt}` : ''}`;
    case 'handled':
      return `has dealt with ${type}${detail ? `, says ${detail}` : ''}`;
    case 'duplicate':
      return `receives ${type} again, without effect`;
    case 'retried':
      return `fails at ${type}, try ${attempt} follows${because}`;
    case 'dead-lettered':
      return `gives ${type} up after ${attempt} ${attempt === 1 ? 'try' : 'tries'}${because}`;
    case 'redriven':
      return `gets ${type} once more${because}`;
    case 'state':
      return `is now ${detail ?? 'changed'}`;
    case 'projected':
      return `can be searched as of ${type}${because}`;
    case 'delivered':
      return `has delivered${because}`;
    default:
      return kind satisfies never;
  }
}
