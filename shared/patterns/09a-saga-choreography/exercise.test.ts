import { deepStrictEqual } from 'node:assert/strict';
import { before, test } from 'node:test';
import { answerTo } from '@conveyor/patterns/exercise';

type Heard = 'payment.charge' | 'order.cancelled';
/** `refused` is a tombstone: cancelled before anything was charged. */
type Charge = 'none' | 'charged' | 'refunded' | 'refused';

interface Answer {
  /** What the payment service makes of an event: the charge afterwards, and what it says. Pure. */
  readonly hear: (
    charge: Charge,
    heard: Heard,
  ) => { readonly charge: Charge; readonly says: readonly string[] };
}

let hear: Answer['hear'];
before(async () => {
  ({ hear } = await answerTo<Answer>(import.meta.url));
});

/** Hears everything in this order, and answers where it ends and all that was said. */
function story(...heard: readonly Heard[]): { readonly charge: Charge; readonly said: readonly string[] } {
  let charge: Charge = 'none';
  const said: string[] = [];
  for (const each of heard) {
    const next = hear(charge, each);
    charge = next.charge;
    said.push(...next.says);
  }
  return { charge, said };
}

test('a charge is made and told', () => {
  deepStrictEqual(story('payment.charge'), { charge: 'charged', said: ['payment.completed'] });
});

test('a cancelled order gets its money back', () => {
  const said = ['payment.completed', 'payment.refunded'];
  deepStrictEqual(story('payment.charge', 'order.cancelled'), { charge: 'refunded', said });
});

test('a cancellation that overtakes the charge wins: nothing is charged, and nothing is told', () => {
  deepStrictEqual(story('order.cancelled', 'payment.charge'), { charge: 'refused', said: [] });
});

test('what comes twice is done once, and told once', () => {
  const said = ['payment.completed', 'payment.refunded'];
  const twice = story('payment.charge', 'payment.charge', 'order.cancelled', 'order.cancelled');
  deepStrictEqual(twice, { charge: 'refunded', said });
});

test('a charge that comes again after the refund charges nobody', () => {
  deepStrictEqual(story('payment.charge', 'order.cancelled', 'payment.charge').charge, 'refunded');
});
