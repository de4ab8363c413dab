import { deepStrictEqual, ok, strictEqual } from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import type { Draft } from '@conveyor/contracts/messages';
import { InfrastructureFault } from '@conveyor/patterns/dead-letter-queue/failure';
import type { Tx } from '@conveyor/patterns/transactional-outbox/tx';
import { type Effect, type Message, wholeOf } from '@conveyor/service-kit/messaging/message';
import fc from 'fast-check';
import type { Charges } from '../adapters/charges.ts';
import type { ChargeResult, Provider } from '../adapters/provider.ts';
import type { Charge } from '../domain/charge.ts';
import { chargeOrder } from './charge-order.ts';
import { refundOrder } from './refund-order.ts';

/** What becomes of one call to the provider: heard or not, and the answer arrives or not. */
type Fate =
  | 'answered'
  | 'answer-lost'
  | 'not-heard'
  | 'unreachable'
  | 'held-back'
  | 'crash-before'
  | 'crash-after';

const fates: readonly Fate[] = [
  'answered',
  'answer-lost',
  'not-heard',
  'unreachable',
  'held-back',
  'crash-before',
  'crash-after',
];
const orderId = '00000000-0000-7000-8000-000000000001';
const amount = { amount: 1900, currency: 'EUR' } as const;

/** Resolves when the caller may go on. */
type Turn = (label: string) => Promise<unknown>;

/** The process dies here; its messages are delivered again. */
class Crash extends Error {}

/**
 * One order in a world held in memory, in which whoever wants to go on waits for its `turn`: before every
 * transaction, call and answer. Transactions exclude each other, as the lock on the order's row has it.
 */
function createWorld(turn: Turn, callFates: Fate[], declines: boolean, brokersLost = 0) {
  let row: Charge | undefined;
  let inTurn: Promise<unknown> = Promise.resolve();
  let now = 0;
  let key: 'open' | 'charged' | 'declined' | 'forbidden' | 'refunded' = 'open';
  const told: Draft['type'][] = [];
  let repeats = 0;
  const handled = new Set<string>();
  const publish = (drafts: readonly Draft[]) => {
    for (const { type } of drafts) {
      told.push(type);
      if (type === 'payment.completed') strictEqual(key, 'charged', 'completed is told while it is true');
    }
  };

  async function transaction<Result>(work: (tx: Tx) => Promise<Result>): Promise<Result> {
    await turn('transaction');
    const run = inTurn.then(async () => {
      const before = row;
      try {
        return await work({ query: () => Promise.reject(new Error('there is no SQL here')) });
      } catch (error) {
        row = before;
        throw error;
      }
    });
    inTurn = run.catch(() => {});
    return run;
  }

  const lock = async () => {
    if (!row) throw new Error('no row');
    return row;
  };
  const charges: Charges = {
    async insert(_tx, charge) {
      if (row) return false;
      row = charge;
      return true;
    },
    lock,
    lockIfAny: async () => row,
    async save(_tx, charge) {
      row = charge;
    },
  };

  async function call<Answer>(
    heard: () => Answer,
    silent: () => Answer,
    neverMade: (fate: 'unreachable' | 'held-back') => Answer,
  ): Promise<Answer> {
    const fate = callFates.shift() ?? 'answered';
    now += 10;
    await turn(`call, ${fate}`);
    if (fate === 'crash-before') throw new Crash();
    const isNeverMade = fate === 'unreachable' || fate === 'held-back';
    const answer = fate === 'not-heard' || isNeverMade ? undefined : heard();
    await turn(`answer, ${fate}`);
    if (fate === 'crash-after') throw new Crash();
    if (isNeverMade) return neverMade(fate);
    return answer === undefined || fate === 'answer-lost' ? silent() : answer;
  }

  const provider: Provider = {
    charge: () =>
      call<ChargeResult>(
        () => {
          if (key === 'open') key = declines ? 'declined' : 'charged';
          return key === 'charged' || key === 'declined' ? key : 'voided';
        },
        () => 'unavailable',
        (fate) => fate,
      ),
    ready: async () => {},
    // Always heard in the end; that it is repeated until then is for the component tests.
    async void() {
      await turn('void');
      const fate = callFates.shift();
      if (fate === 'crash-before') throw new Crash();
      if (fate === 'held-back') return fate;
      key = key === 'charged' || key === 'refunded' ? 'refunded' : 'forbidden';
      await turn('voided');
      if (callFates.shift() === 'crash-after') throw new Crash();
      return { refundedAmount: key === 'refunded' ? amount.amount : 0 };
    },
  };

  /** As `effectOnce` does, and again after a crash or fault, as a broker does. */
  async function deliver<Type extends 'payment.charge' | 'payment.refund', Intent, Outcome>(
    effect: Effect<Type, Intent, Outcome>,
    message: Message<Type>,
  ): Promise<void> {
    try {
      const intention = await transaction(async (tx) => {
        if (handled.has(message.id)) return { settled: [] };
        const intended = await effect.intend(tx, message);
        if ('settled' in intended) handled.add(message.id);
        return intended;
      });
      if ('settled' in intention) return publish(intention.settled);
      const outcome = await effect.perform(intention.perform, new AbortController().signal);
      await transaction(async (tx) => {
        if (handled.has(message.id)) return;
        publish(wholeOf(await effect.settle(tx, message, intention.perform, outcome)).drafts);
        handled.add(message.id);
      });
    } catch (error) {
      if (!(error instanceof Crash || error instanceof InfrastructureFault)) throw error;
      repeats += 1;
      await deliver(effect, message);
    }
  }

  const deps = {
    database: { transaction },
    charges,
    provider,
    paymentTokens: {
      async of() {
        if (brokersLost === 0) return { token: 'tok_approved' } as const;
        brokersLost -= 1;
        now += 1_000;
        throw new InfrastructureFault('aborted', 'the message goes back');
      },
    },
    now: () => now,
    sleep: async () => {},
    timeoutMs: 35,
    callLimitMs: 10,
    retryDelaysMs: [0],
    onNoAnswer: () => {},
  };
  return {
    charge: (id: string) =>
      deliver(chargeOrder(deps), message('payment.charge', id, { orderId, amount, priority: 'low' })),
    refund: (id: string) => deliver(refundOrder(deps), message('payment.refund', id, { orderId, amount })),
    end: () => ({ status: row?.status, key, told, repeats }),
  };
}

function message<Type extends Message['type']>(
  type: Type,
  id: string,
  data: Message<Type>['data'],
): Message<Type> {
  return { id, type, data } as Message<Type>;
}

async function chargeThrough(...callFates: Fate[]) {
  const world = createWorld(async () => {}, callFates, false);
  await world.charge(randomUUID());
  return world.end();
}

test('a provider that was never reached costs no time: the message is repeated until it is there', async () => {
  const end = await chargeThrough(...Array<Fate>(10).fill('unreachable'));
  deepStrictEqual(end, { status: 'charged', key: 'charged', told: ['payment.completed'], repeats: 10 });
});

test('a message that goes back before the provider was called costs no time', async () => {
  const world = createWorld(async () => {}, [], false, 2);
  await world.charge(randomUUID());
  deepStrictEqual(world.end(), {
    status: 'charged',
    key: 'charged',
    told: ['payment.completed'],
    repeats: 2,
  });
});

test('an open breaker costs no time before the first call, and after it no more than the time limit', async () => {
  const uncalled = await chargeThrough(...Array<Fate>(10).fill('held-back'));
  deepStrictEqual(uncalled, { status: 'charged', key: 'charged', told: ['payment.completed'], repeats: 10 });
  const called = await chargeThrough('not-heard', 'held-back', 'answered');
  deepStrictEqual(called, { status: 'charged', key: 'charged', told: ['payment.completed'], repeats: 0 });
  const late = await chargeThrough('not-heard', ...Array<Fate>(4).fill('held-back'));
  deepStrictEqual(late, { status: 'timed-out', key: 'forbidden', told: ['payment.failed'], repeats: 0 });
});

test('a provider that cannot be reached any more may have charged: the time goes on, and then it is voided', async () => {
  const end = await chargeThrough('answer-lost', ...Array<Fate>(3).fill('unreachable'));
  deepStrictEqual(end, { status: 'timed-out', key: 'refunded', told: ['payment.failed'], repeats: 0 });
});

/** Lets the scheduler decide who goes on. */
const turnsOf =
  (scheduler: fc.Scheduler): Turn =>
  (label) =>
    scheduler.schedule(Promise.resolve(), label);

const anyWorld = {
  scheduler: fc.scheduler(),
  callFates: fc.array(fc.constantFrom(...fates), { maxLength: 12 }),
  declines: fc.boolean(),
  sameMessage: fc.boolean(),
};

test('however calls fail, processes die and deliveries overlap: one outcome, and it is what the provider did', async () => {
  const seen = new Set<string>();
  await fc.assert(
    fc.asyncProperty(fc.record(anyWorld), async ({ scheduler, callFates, declines, sameMessage }) => {
      const world = createWorld(turnsOf(scheduler), callFates, declines);
      const id = randomUUID();
      await scheduler.waitFor(Promise.all([id, id, sameMessage ? id : randomUUID()].map(world.charge)));

      const { status, key, told } = world.end();
      ok(status);
      seen.add(status);
      strictEqual(told.length, 1);
      strictEqual(told[0], status === 'charged' ? 'payment.completed' : 'payment.failed');
      strictEqual(key === 'charged', status === 'charged', `${status}, but the key is ${key}`);
    }),
    { numRuns: 400 },
  );
  deepStrictEqual(seen, new Set(['charged', 'declined', 'timed-out']), 'every end has been seen');
});

test('with a refund among them: nothing is charged net, and the refund is told once and last', async () => {
  await fc.assert(
    fc.asyncProperty(fc.record(anyWorld), async ({ scheduler, callFates, declines, sameMessage }) => {
      const world = createWorld(turnsOf(scheduler), callFates, declines);
      const [charge, refund] = [randomUUID(), randomUUID()];
      const again = sameMessage ? refund : randomUUID();
      await scheduler.waitFor(
        Promise.all([world.charge(charge), world.refund(refund), world.charge(charge), world.refund(again)]),
      );

      const { status, key, told } = world.end();
      strictEqual(status, 'refunded');
      ok(key === 'forbidden' || key === 'refunded', `the key is ${key}`);
      deepStrictEqual(told.filter((type) => type === 'payment.refunded').length, 1);
      strictEqual(told.at(-1), 'payment.refunded');
      ok(told.length <= 2, 'one outcome of the charge at most');
    }),
    { numRuns: 400 },
  );
});
