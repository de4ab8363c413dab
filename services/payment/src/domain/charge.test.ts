import { deepStrictEqual, ok, strictEqual } from 'node:assert/strict';
import { test } from 'node:test';
import type { Draft } from '@conveyor/contracts/messages';
import fc from 'fast-check';
import {
  beginRefund,
  type Charge,
  type ChargeOutcome,
  endCharge,
  endRefund,
  forgetCall,
  giveUpCharge,
  isPending,
  needsRefund,
  newCharge,
  newRefund,
  resumeCharge,
} from './charge.ts';

const orderId = '00000000-0000-7000-8000-000000000001';
const payable = { orderId, amount: { amount: 1900, currency: 'EUR' } } as const;
const timeLimit = 10_000;

/** What can happen to an order's charge, each as the handlers do it. */
type Happening =
  | { readonly is: 'charge wanted'; readonly at?: number }
  | { readonly is: 'time over' }
  | { readonly is: 'never called' }
  | { readonly is: 'charge ended'; readonly outcome: ChargeOutcome }
  | { readonly is: 'refund wanted' }
  | { readonly is: 'refund ended'; readonly amount: number };

interface Story {
  readonly charge: Charge | undefined;
  readonly told: readonly Draft[];
  readonly rejected?: string;
}

function tell(story: Story, happening: Happening): Story {
  const { charge, told } = story;
  if (happening.is === 'charge wanted') {
    const now = happening.at ?? 0;
    const deadline = now + timeLimit;
    return { charge: charge ? resumeCharge(charge, now, deadline) : newCharge(payable, deadline), told };
  }
  if (happening.is === 'refund wanted')
    return { charge: charge ? beginRefund(charge) : newRefund(payable), told };
  if (!charge) throw new Error(`${happening.is} before anything was wanted`);
  if (happening.is === 'time over') return { charge: giveUpCharge(charge), told };
  if (happening.is === 'never called') return { charge: forgetCall(charge), told };
  const settled =
    happening.is === 'charge ended'
      ? endCharge(charge, happening.outcome)
      : endRefund(charge, happening.amount);
  if ('rejected' in settled) return { charge, told, rejected: settled.rejected };
  return { charge: settled.charge, told: [...told, ...settled.tell] };
}

const given = (...happenings: Happening[]) => happenings.reduce<Story>(tell, { charge: undefined, told: [] });
const typesOf = ({ told }: Story) => told.map(({ type }) => type);

const chargeWanted: Happening = { is: 'charge wanted' };
const ended = (outcome: ChargeOutcome): Happening => ({ is: 'charge ended', outcome });
const refundWanted: Happening = { is: 'refund wanted' };
const refundEnded = (amount: number): Happening => ({ is: 'refund ended', amount });

test('a charge that the provider accepts is completed', () => {
  const story = given(chargeWanted, ended('charged'));
  strictEqual(story.charge?.status, 'charged');
  deepStrictEqual(story.told, [{ type: 'payment.completed', subject: orderId, data: payable }]);
});

test('a charge that the provider declines has failed', () => {
  const story = given(chargeWanted, ended('declined'));
  strictEqual(story.charge?.status, 'declined');
  deepStrictEqual(story.told, [
    { type: 'payment.failed', subject: orderId, data: { orderId, reason: 'payment-declined' } },
  ]);
});

test('a charge without an answer is voided, and has then failed', () => {
  const story = given(chargeWanted, { is: 'time over' }, ended('voided'));
  strictEqual(story.charge?.status, 'timed-out');
  deepStrictEqual(story.told, [
    { type: 'payment.failed', subject: orderId, data: { orderId, reason: 'payment-timeout' } },
  ]);
});

test('a second charge of an order is told nothing', () => {
  const story = given(chargeWanted, chargeWanted, ended('charged'), ended('charged'), chargeWanted);
  deepStrictEqual(typesOf(story), ['payment.completed']);
  ok(story.charge && !isPending(story.charge));
});

test('taking a charge up again does not give it more time', () => {
  strictEqual(given(chargeWanted, { is: 'charge wanted', at: timeLimit - 1 }).charge?.deadline, timeLimit);
});

test('a charge that is taken up after its time is voided, never charged again', () => {
  const story = given(chargeWanted, { is: 'charge wanted', at: timeLimit });
  strictEqual(story.charge?.status, 'voiding');
  strictEqual(given(chargeWanted, { is: 'time over' }, chargeWanted).charge?.status, 'voiding');
});

test('a charge that certainly reached nobody gets its whole time at the next try', () => {
  const story = given(chargeWanted, { is: 'never called' }, { is: 'charge wanted', at: timeLimit });
  strictEqual(story.charge?.status, 'charging');
  strictEqual(story.charge?.deadline, 2 * timeLimit);
});

test('an answer that comes while another delivery voids does not count', () => {
  for (const outcome of ['charged', 'declined'] as const) {
    const story = given(chargeWanted, { is: 'time over' }, ended(outcome));
    strictEqual(story.rejected, 'being-voided');
    strictEqual(story.charge?.status, 'voiding');
    deepStrictEqual(story.told, []);
  }
});

test('a charge that was settled in time is not given up', () => {
  const story = given(chargeWanted, ended('charged'), { is: 'time over' }, ended('superseded'));
  strictEqual(story.charge?.status, 'charged');
  deepStrictEqual(typesOf(story), ['payment.completed']);
});

test('a refund before the charge refuses the charge', () => {
  const story = given(refundWanted, chargeWanted);
  ok(story.charge && !isPending(story.charge));
  const end = tell(tell(story, refundEnded(0)), chargeWanted);
  strictEqual(end.charge?.status, 'refunded');
  deepStrictEqual(end.told, [
    { type: 'payment.refunded', subject: orderId, data: { orderId, amount: { amount: 0, currency: 'EUR' } } },
  ]);
});

test('the outcome of a charge is dropped once a refund has begun', () => {
  const story = given(chargeWanted, refundWanted, ended('charged'), refundEnded(1900));
  deepStrictEqual(typesOf(story), ['payment.refunded']);
  deepStrictEqual(story.told[0]?.data, payable);
});

test('a refund is told once', () => {
  const story = given(
    chargeWanted,
    ended('charged'),
    refundWanted,
    refundEnded(1900),
    refundWanted,
    refundEnded(1900),
  );
  deepStrictEqual(typesOf(story), ['payment.completed', 'payment.refunded']);
});

test('a cancelled order needs a refund unless it is known that nothing is charged', () => {
  const chargeAfter = (...happenings: Happening[]) => given(chargeWanted, ...happenings).charge;
  strictEqual(needsRefund(undefined), true, 'its charge may still come');
  strictEqual(needsRefund(chargeAfter()), true, 'in flight');
  strictEqual(needsRefund(chargeAfter({ is: 'time over' })), true, 'unknown');
  strictEqual(needsRefund(chargeAfter(ended('charged'))), true);
  strictEqual(needsRefund(chargeAfter(ended('declined'))), false);
  strictEqual(needsRefund(chargeAfter({ is: 'time over' }, ended('voided'))), false);
  strictEqual(needsRefund(chargeAfter(refundWanted)), false, 'under way');
  strictEqual(needsRefund(chargeAfter(refundWanted, refundEnded(0))), false, 'done');
});

/** Takes now the next of one story, now the next of the other, now repeats what has been before, and ends both. */
const interleaved = (one: readonly Happening[], other: readonly Happening[]) =>
  fc.array(fc.oneof(fc.constant('one' as const), fc.constant('other' as const), fc.nat(20))).map((picks) => {
    const [left, right] = [[...one], [...other]];
    const taken: Happening[] = [];
    for (const pick of picks) {
      const next =
        typeof pick === 'number' ? taken[pick % taken.length] : (pick === 'one' ? left : right).shift();
      if (next) taken.push(next);
    }
    return [...taken, ...left, ...right];
  });

test('charge and refund in any order, with repeats, end where the ordered run ends', () => {
  const outcome = fc.constantFrom<ChargeOutcome>('charged', 'declined', 'voided');
  const run = outcome.chain((known) => {
    const charge =
      known === 'voided'
        ? [chargeWanted, { is: 'time over' } as const, ended(known)]
        : [chargeWanted, ended(known)];
    const refund = [refundWanted, refundEnded(known === 'charged' ? 1900 : 0)];
    return fc.record({
      ordered: fc.constant([...charge, ...refund]),
      shuffled: interleaved(charge, refund),
    });
  });
  fc.assert(
    fc.property(run, ({ ordered, shuffled }) => {
      const end = given(...shuffled);
      const { deadline: _, ...rest } = end.charge ?? {};
      const { deadline: __, ...expected } = given(...ordered).charge ?? {};
      deepStrictEqual(rest, expected);
      strictEqual(typesOf(end).filter((type) => type === 'payment.refunded').length, 1);
      ok(typesOf(end).length <= 2, 'one outcome of the charge at most');
    }),
  );
});

test('without a refund the first outcome stays, whatever is repeated or comes late', () => {
  const late = fc.constantFrom<Happening>(
    chargeWanted,
    { is: 'charge wanted', at: timeLimit },
    { is: 'time over' },
    { is: 'never called' },
    ended('charged'),
    ended('declined'),
    ended('voided'),
    ended('superseded'),
  );
  fc.assert(
    fc.property(
      fc.constantFrom<ChargeOutcome>('charged', 'declined', 'voided'),
      fc.array(late),
      (outcome, later) => {
        const settled = given(chargeWanted, ended(outcome));
        deepStrictEqual(later.reduce(tell, settled), settled);
      },
    ),
  );
});
