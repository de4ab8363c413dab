import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Delivery } from '@conveyor/brokers';
import {
  type Failure,
  InfrastructureFault,
  PermanentFault,
} from '@conveyor/patterns/dead-letter-queue/failure';
import { type AtLeastOnceEvent, type AtLeastOnceOptions, atLeastOnce } from './at-least-once.ts';

const delivery: Delivery = {
  attributes: { id: '1' },
  headers: {},
  body: Buffer.from('{}'),
  origin: { broker: 'rabbitmq', channel: 'work', address: { channel: '', key: 'work' } },
  redelivered: false,
};

/** Delivers one message to work that fails with each of `errors` in turn and then succeeds. */
function deliver(
  errors: readonly unknown[],
  more: Partial<AtLeastOnceOptions> = {},
  stopping = new AbortController(),
) {
  const failures: Failure[] = [];
  const events: AtLeastOnceEvent[] = [];
  let calls = 0;
  const onDelivery = atLeastOnce({
    work: async () => {
      const error = errors[calls];
      calls += 1;
      if (error !== undefined) throw error;
    },
    delaysMs: [1, 1],
    setAside: async (_delivery, failure) => {
      failures.push(failure);
    },
    onEvent: (event) => events.push(event),
    ...more,
  });
  const acknowledged = onDelivery(delivery, stopping.signal);
  return {
    acknowledged,
    stopping,
    failures,
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

test('a transient failure is tried again', async () => {
  const { acknowledged, kinds, failures, calls } = deliver([unknown, unknown]);
  await acknowledged;
  assert.equal(calls(), 3);
  assert.deepEqual(kinds(), ['retried', 'retried']);
  assert.deepEqual(failures, []);
});

test('when its tries are used up the message is set aside, then acknowledged', async () => {
  const { acknowledged, kinds, failures, calls } = deliver([unknown, unknown, unknown]);
  await acknowledged;
  assert.equal(calls(), 3);
  assert.deepEqual(kinds(), ['retried', 'retried', 'set-aside']);
  assert.deepEqual(failures, [{ reason: 'attempts-exhausted', error: unknown, attempts: 3 }]);
});

test('what must be done in the end is tried until it is, with the last pause repeated', async () => {
  const delays: number[] = [];
  const { acknowledged, failures, calls } = deliver(
    Array.from({ length: 50 }, () => unknown),
    {
      delaysMs: [2, 1],
      untilDone: () => true,
      onEvent: (event) => event.kind === 'retried' && delays.push(event.delayMs),
    },
  );
  await acknowledged;
  assert.equal(calls(), 51);
  assert.deepEqual(delays, [2, ...Array(49).fill(1)]);
  assert.deepEqual(failures, []);
});

test('what can never succeed is set aside, even if it must be done', async () => {
  const error = new PermanentFault('unknown-type', 'what?');
  const { acknowledged, failures } = deliver([unknown, unknown, unknown, error], { untilDone: () => true });
  await acknowledged;
  assert.deepEqual(failures, [{ reason: 'permanent', error, attempts: 4 }]);
});

test('stopping ends a repetition for ever, and hands the message back', async () => {
  const { acknowledged, stopping, failures } = deliver(
    Array.from({ length: 1_000 }, () => unknown),
    {
      untilDone: () => true,
      onEvent: ({ kind }) => kind === 'retried' && setImmediate(() => stopping.abort()),
    },
  );
  await assert.rejects(acknowledged);
  assert.deepEqual(failures, []);
});

test('what is to be written down between the tries is awaited before the next one', async () => {
  const seen: string[] = [];
  const writing = Promise.withResolvers<void>();
  const { acknowledged, calls } = deliver([unknown], {
    beforeRetry: async (_delivery, error, attempt) => {
      seen.push(`${attempt} ${error === unknown}`);
      await writing.promise;
    },
    onEvent: () => setImmediate(() => seen.push(`tries: ${calls()}`) && writing.resolve()),
  });
  await acknowledged;
  assert.deepEqual(seen, ['2 true', 'tries: 1']);
  assert.equal(calls(), 2);
});

test('a permanent failure is set aside at once', async () => {
  const error = new PermanentFault('unknown-type', 'what?');
  const { acknowledged, failures, calls } = deliver([error]);
  await acknowledged;
  assert.equal(calls(), 1);
  assert.deepEqual(failures, [{ reason: 'permanent', error, attempts: 1 }]);
});

test('infrastructure failures are repeated and cost no try', async () => {
  const { acknowledged, kinds, failures, calls } = deliver([
    databaseAway,
    unknown,
    databaseAway,
    unknown,
    databaseAway,
  ]);
  await acknowledged;
  assert.equal(calls(), 6);
  assert.deepEqual(kinds(), ['repeated', 'retried', 'repeated', 'retried', 'repeated']);
  assert.deepEqual(failures, []);
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

test('stopping ends a pause at once, and hands the message back', async () => {
  const { acknowledged, stopping, failures } = deliver([unknown], { delaysMs: [60_000] });
  await new Promise((resolve) => setImmediate(resolve));
  stopping.abort();
  await assert.rejects(acknowledged);
  assert.deepEqual(failures, []);
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
  const { acknowledged, failures } = deliver([], { work, delaysMs: [] }, stopping);
  await assert.rejects(acknowledged, { name: 'AbortError' });
  assert.deepEqual(failures, []);
});

test('work that succeeds while the consumer stops is acknowledged', async () => {
  const stopping = new AbortController();
  const { acknowledged, kinds } = deliver([], { work: async () => stopping.abort() }, stopping);
  await acknowledged;
  assert.deepEqual(kinds(), []);
});
