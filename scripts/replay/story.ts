import { evolve, inWords, noOrder, type Order } from '../../services/order/src/domain/order.ts';
import { replay } from '../../shared/patterns/08-event-sourcing/replay.ts';
import type { Paint } from '../follow/story.ts';
import type { At } from './command-line.ts';
import { type RecordedEvent, toOrderEvent } from './recorded-event.ts';

/** An event, and the order after it. */
export interface Step {
  readonly event: RecordedEvent & { readonly time: string };
  readonly order: Order;
}

/**
 * An order step by step, up to `at` if that is given. `events` are those that the log has of it, in any order and perhaps
 * more than once: what was published again lies behind what was published late.
 *
 * @throws MissingEvent when one is not in the log.
 */
export function stepsOf(events: readonly Step['event'][], at?: At): readonly Step[] {
  const steps: Step[] = [];
  const asked = until(
    events.toSorted((a, b) => a.version - b.version),
    at,
  );
  replay({ state: noOrder, version: 0 }, asked, (order, event) => {
    const next = evolve(order, toOrderEvent(event));
    steps.push({ event, order: next });
    return next;
  });
  return steps;
}

/** Those before the first that is too late: several processes write an order, and their clocks may differ. */
function until(ordered: readonly Step['event'][], at: At | undefined): readonly Step['event'][] {
  const isLate = ({ version, time }: Step['event']) => {
    if (!at) return false;
    return 'version' in at ? version > at.version : Date.parse(time) > at.time.getTime();
  };
  const end = ordered.findIndex(isLate);
  return end < 0 ? ordered : ordered.slice(0, end);
}

const typeWidth = 'order.completion-refused'.length;

/** One line: when, which version, what happened, and what the order is since then. */
export function lineOf({ event: { time, version, type }, order }: Step, paint: Paint): string {
  const state = paint(colourOf(order), inWords(order));
  return `${paint('dim', time)}  ${String(version).padStart(3)}  ${type.padEnd(typeWidth)}  ${state}`;
}

/** The whole order, as it was after the last step. */
export function endOf(steps: readonly Step[]): string {
  const order = steps.at(-1)?.order;
  if (!order || order.status === 'none') return 'There was no order yet.';
  const { customerId, items, total, saga, broker, priority } = order;
  const goods = items.map(({ quantity, sku }) => `${quantity} × ${sku}`).join(', ');
  const price = `${(total.amount / 100).toFixed(2)} ${total.currency}`;
  return `${customerId} orders ${goods} for ${price}: ${inWords(order)} (${saga} on ${broker}, ${priority})`;
}

function colourOf({ status }: Order) {
  if (status === 'completed') return 'green';
  return status === 'cancelled' ? 'yellow' : 'cyan';
}
