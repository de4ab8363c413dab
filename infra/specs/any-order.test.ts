import { deepStrictEqual, ok } from 'node:assert/strict';
import { test } from 'node:test';
import type { PaymentToken, SagaStyle } from '@conveyor/contracts';
import fc from 'fast-check';
import { OrderWorld, type Outcome, type Pending, quantity, type Scenario, shelf } from './order-world.ts';

const runs = 1_000;
/** Far more than any order needs: a world that goes on for so long never comes to rest. */
const mostSteps = 20_000;

/** Runs an order to its end: `choose` says which of the pending messages is next. */
function live(scenario: Scenario, choose: (count: number) => number, copies: () => number): Outcome {
  const world = new OrderWorld(scenario, copies);
  const pending: Pending[] = [...world.begin()];
  let isExpired = scenario.expires;
  for (let step = 0; step < mostSteps; step += 1) {
    if (pending.length === 0) {
      if (isExpired) return world.outcome();
      isExpired = true;
      pending.push(...world.expire());
    }
    const [next] = pending.splice(choose(pending.length), 1);
    const follows = next?.take();
    if (follows === 'again' && next) pending.push(next);
    else if (Array.isArray(follows)) pending.push(...follows);
  }
  throw new Error(`no end after ${mostSteps} steps: ${pending.map(({ name }) => name).join(', ')}`);
}

/** One message after the other, each once, and nobody interferes. */
const undisturbed = (scenario: Scenario) =>
  live(
    { ...scenario, isCancelled: false, expires: false, isHasty: false },
    () => 0,
    () => 1,
  );

const tokens: readonly PaymentToken[] = [
  'tok_approved',
  'tok_declined',
  'tok_flaky',
  'tok_timeout',
  'tok_slow',
];

const anyScenario = (saga: SagaStyle, disturbance: fc.Arbitrary<boolean>): fc.Arbitrary<Scenario> =>
  fc.record({
    saga: fc.constant(saga),
    paymentToken: fc.constantFrom(...tokens),
    inStock: fc.oneof({ weight: 4, arbitrary: fc.constant(true) }, fc.constant(false)),
    isCancelled: disturbance,
    expires: disturbance,
    isHasty: disturbance,
  });

/** Numbers that choose, over and over: which message is next, and how often each is delivered. */
const anyChoices = fc.record({
  order: fc.array(fc.nat({ max: 9_999 }), { minLength: 20, maxLength: 200 }),
  copies: fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 5, maxLength: 40 }),
});

function disturbed(
  scenario: Scenario,
  choices: { order: readonly number[]; copies: readonly number[] },
): Outcome {
  let [chosen, copied] = [0, 0];
  const nextOf = (numbers: readonly number[], index: number) => numbers[index % numbers.length] ?? 0;
  return live(
    scenario,
    (count) => nextOf(choices.order, chosen++) % count,
    () => nextOf(choices.copies, copied++),
  );
}

/** A charge that was made and taken back leaves the same behind as none at all. */
const lasting = ({ charges: _, refunds: __, ...rest }: Outcome) => rest;

for (const saga of ['choreography', 'orchestration'] as const) {
  test(`${saga}: every message 1 to 5 times in any order ends as an ordered run does`, () => {
    fc.assert(
      fc.property(anyScenario(saga, fc.constant(false)), anyChoices, (scenario, choices) => {
        deepStrictEqual(lasting(disturbed(scenario, choices)), lasting(undisturbed(scenario)));
      }),
      { numRuns: runs },
    );
  });

  test(`${saga}: cancelled, expired or given up at any moment, it ends as if that had come first or too late`, () => {
    fc.assert(
      fc.property(anyScenario(saga, fc.boolean()), anyChoices, (scenario, choices) => {
        const outcome = disturbed(scenario, choices);
        const isCompleted = outcome.status === 'completed';
        const sold = isCompleted ? quantity : 0;
        deepStrictEqual(
          [outcome.onHand, outcome.reserved, outcome.sold, outcome.saga],
          [shelf - sold, 0, sold, 'done'],
        );
        ok(outcome.charges <= 1 && outcome.refunds <= 1, 'money moved more than once');
        const tooLate = undisturbed(scenario);
        ok(outcome.isPaid === isCompleted, 'payment has it otherwise');
        if (isCompleted) return deepStrictEqual(outcome, tooLate);
        deepStrictEqual([outcome.status, outcome.net], ['cancelled', 0]);
        const reasons = [
          tooLate.reason,
          scenario.isCancelled && 'cancelled-by-customer',
          (scenario.expires || scenario.isHasty) && 'expired',
          scenario.isHasty && 'payment-timeout',
        ];
        ok(outcome.reason && reasons.includes(outcome.reason), `the reason is ${outcome.reason}`);
      }),
      { numRuns: runs },
    );
  });
}
