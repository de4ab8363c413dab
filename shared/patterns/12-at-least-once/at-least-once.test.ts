import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Delivery } from '@conveyor/brokers';
import { accountHeaders } from '@conveyor/patterns/dead-letter-queue/account';
import type { Retry } from '@conveyor/patterns/dead-letter-queue/failed-messages';
import {
  type Failure,
  InfrastructureFault,
  PermanentFault,
} from '@conveyor/patterns/dead-letter-queue/failure';
import { type AtLeastOnceEvent, type AtLeastOnceOptions, atLeastOnce } from './at-least-once.ts';

/** A message that comes for try number `attempt`. */
const deliveryOf = (attempt: number): Delivery => ({
  attributes: { id: '1' },
  headers: attempt === 1 ? {} : { [accountHeaders.attempt]: String(attempt) },
  body: Buffer.from('{}'),
  origin: { broker: 'rabbitmq', channel: 'work', address: { channel: '', key: 'work' } },
  redelivered: false,
});

/** Delivers one message to work that fails with each of `errors` in turn and then succeeds. There are three tries. */
function deliver(
  errors: readonly unknown[],
  { attempt = 1, ...more }: Partial<AtLeastOnceOptions> & { readonly attempt?: number } = {},
  stopping = new AbortController(),
) {
  const failures: Failure[] = [];
  const retries: Retry[] = [];
  const events: AtLeastOnceEvent[] = [];
  let calls = 0;
  const onDelivery = atLeastOnce({
    work: async () => {
      const error = errors[calls];
      calls += 1;
      if (error !== undefined) throw error;
    },
    delayBefore: (_delivery, next) => [100, 200][next - 2],
    retryLater: async (_delivery, retry) => {
      retries.push(retry);
      return 'retried';
    },
    setAside: async (_delivery, failure) => {
      failures.push(failure);
    },
    onEvent: (event) => events.push(event),
    ...more,
  });
  const acknowledged = onDelivery(deliveryOf(attempt), stopping.signal);
  return {
    acknowledged,
    stopping,
    failures,
    retries,
    kinds: () => events.map((event) => event.kind),
    calls: () => calls,
  };
}

const unknown = new Error('who knows');
const databaseAway = new InfrastructureFault('database-away', 'away');

test('a message is acknowledged only after its work', async () => {
  const working = Promise.withResolvers<void>();
  let isAcknowledged = false;
  const { acknowledged } = deliver([], { work: () => working.promise });
  const noted = acknowledged.then(() => {
    isAcknowledged = true;
  });
  await new Promise((resolve) => setImmediate(resolve));
  assert.equal(isAcknowledged, false);
  working.resolve();
  await noted;
});

test('after a transient failure the message is moved to where it waits, and only then acknowledged', async () => {
  const moving = Promise.withResolvers<void>();
  const { acknowledged, kinds, failures, calls } = deliver([unknown], {
    async retryLater(_delivery, { at, ...retry }) {
      assert.ok(Math.abs(at.getTime() - Date.now()) < 60_000);
      assert.deepEqual(retry, { error: unknown, attempt: 2, delayMs: 100 });
      await moving.promise;
      return 'retried';
    },
  });
  let isAcknowledged = false;
  const noted = acknowledged.then((ending) => {
    isAcknowledged = true;
    return ending;
  });
  await new Promise((resolve) => setImmediate(resolve));
  assert.equal(isAcknowledged, false);
  moving.resolve();
  assert.equal(await noted, 'retried');
  assert.equal(calls(), 1);
  assert.deepEqual(kinds(), ['retried']);
  assert.deepEqual(failures, []);
});

test('each try has its own wait', async () => {
  const { acknowledged, retries } = deliver([unknown], { attempt: 2 });
  await acknowledged;
  assert.deepEqual(
    retries.map(({ attempt, delayMs }) => [attempt, delayMs]),
    [[3, 200]],
  );
});

test('when its tries are used up the message is set aside, then acknowledged', async () => {
  const { acknowledged, kinds, failures } = deliver([unknown], { attempt: 3 });
  assert.equal(await acknowledged, 'given-up');
  assert.deepEqual(kinds(), ['set-aside']);
  assert.deepEqual(failures, [{ reason: 'attempts-exhausted', error: unknown, attempts: 3 }]);
});

test('a message that cannot be moved is not acknowledged, and its work not repeated meanwhile', async () => {
  let refusals = 0;
  const { acknowledged, kinds, calls } = deliver([unknown], {
    async retryLater() {
      refusals += 1;
      if (refusals < 3) throw new Error('the broker refuses');
      return 'retried';
    },
  });
  await acknowledged;
  assert.equal(calls(), 1);
  assert.deepEqual(kinds(), ['repeated', 'repeated', 'retried']);
});

test('what is to be written down of a failure is awaited before the message is moved', async () => {
  const seen: string[] = [];
  const writing = Promise.withResolvers<void>();
  const { acknowledged, retries } = deliver([unknown], {
    beforeRetry: async (_delivery, { error, attempt }) => {
      seen.push(`${attempt} ${error === unknown}`);
      await writing.promise;
    },
  });
  await new Promise((resolve) => setImmediate(resolve));
  assert.deepEqual(seen, ['2 true']);
  assert.deepEqual(retries, []);
  writing.resolve();
  await acknowledged;
  assert.equal(retries.length, 1);
});

test('a permanent failure is set aside at once', async () => {
  const error = new PermanentFault('unknown-type', 'what?');
  const { acknowledged, failures, calls } = deliver([error]);
  await acknowledged;
  assert.equal(calls(), 1);
  assert.deepEqual(failures, [{ reason: 'permanent', error, attempts: 1 }]);
});

test('infrastructure failures are repeated in hand, and cost no try', async () => {
  const { acknowledged, kinds, retries, calls } = deliver([databaseAway, databaseAway, unknown]);
  await acknowledged;
  assert.equal(calls(), 3);
  assert.deepEqual(kinds(), ['repeated', 'repeated', 'retried']);
  assert.deepEqual(
    retries.map(({ attempt }) => attempt),
    [2],
  );
});

test('a message that cannot be set aside is not acknowledged, and its work not repeated meanwhile', async () => {
  let refusals = 0;
  const { acknowledged, kinds, calls } = deliver([new PermanentFault('broken', 'broken')], {
    setAside: async () => {
      refusals += 1;
      if (refusals < 3) throw new Error('the broker refuses');
    },
  });
  await acknowledged;
  assert.equal(calls(), 1);
  assert.deepEqual(kinds(), ['repeated', 'repeated', 'set-aside']);
});

test('stopping while a message cannot be moved hands it back', async () => {
  const { acknowledged, stopping } = deliver([unknown], {
    retryLater: () => Promise.reject(new Error('the broker refuses')),
  });
  await new Promise((resolve) => setImmediate(resolve));
  stopping.abort();
  await assert.rejects(acknowledged);
});

test('stopping while the database is away hands the message back', async () => {
  const { acknowledged, stopping } = deliver(Array.from({ length: 1_000 }, () => databaseAway));
  await new Promise((resolve) => setImmediate(resolve));
  stopping.abort();
  await assert.rejects(acknowledged);
});

test('stopping while a message cannot be set aside hands it back', async () => {
  const { acknowledged, stopping } = deliver([new PermanentFault('broken', 'broken')], {
    setAside: () => Promise.reject(new Error('the broker refuses')),
  });
  await new Promise((resolve) => setImmediate(resolve));
  stopping.abort();
  await assert.rejects(acknowledged);
});

test('work that is interrupted by stopping is handed back, not set aside', async () => {
  const stopping = new AbortController();
  const work: AtLeastOnceOptions['work'] = async (_delivery, signal) => {
    stopping.abort();
    signal.throwIfAborted();
  };
  const { acknowledged, failures } = deliver([], { work, attempt: 3 }, stopping);
  await assert.rejects(acknowledged, { name: 'AbortError' });
  assert.deepEqual(failures, []);
});

test('work that succeeds while the consumer stops is acknowledged', async () => {
  const stopping = new AbortController();
  const { acknowledged, kinds } = deliver([], { work: async () => stopping.abort() }, stopping);
  await acknowledged;
  assert.deepEqual(kinds(), []);
});
