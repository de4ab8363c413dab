import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { type TestContext, test } from 'node:test';
import type { BrokerName, OutgoingMessage } from '@conveyor/brokers';
import { kafkaGround } from '@conveyor/brokers/conformance/kafka-ground';
import { type MakeGround, Playground } from '@conveyor/brokers/conformance/playground';
import { rabbitGround } from '@conveyor/brokers/conformance/rabbit-ground';
import { appendToOutbox } from '@conveyor/patterns/transactional-outbox/outbox';
import { startRelay } from '@conveyor/patterns/transactional-outbox/relay';
import { eventually } from '@conveyor/testing/eventually';
import { createTestDatabase } from '@conveyor/testing/test-database';
import { createPublishBreaker, guardBroker, openWhileAway } from './guard-broker.ts';

const schema = readFileSync(new URL('../16-transactional-outbox/schema.sql', import.meta.url), 'utf8');

/** An outbox and its relay, which sends through a guarded broker that the test can take away. */
async function scene(t: TestContext, brokerName: BrokerName, make: MakeGround) {
  const playground = await Playground.open(t, make);
  const proxy = await playground.proxy();
  const breaker = createPublishBreaker(`publish to ${brokerName}`);
  const follow = openWhileAway(breaker);
  const unguarded = playground.ground.broker(follow, proxy);
  playground.last(() => unguarded.close());
  const broker = guardBroker(unguarded, breaker);
  broker.start();
  await broker.connected(AbortSignal.timeout(20_000));

  const database = await createTestDatabase([schema]);
  playground.last(() => database.drop());
  const relay = startRelay({ service: 'test', broker, connect: () => database.connect(), pollMs: 60_000 });
  playground.last(() => relay.stop());

  const numbers: number[] = [];
  const onlooker = await playground.broker();
  return {
    proxy,
    breaker,
    broker,
    message: () => playground.message('one key'),
    numbers,
    consume: () =>
      playground.consume(
        onlooker,
        playground.names.first,
        async ({ body }) => {
          numbers.push(JSON.parse(body.toString()).number);
        },
        1,
      ),
    async commit(messages: readonly OutgoingMessage[]) {
      await appendToOutbox(
        database,
        messages.map((message) => ({ broker: brokerName, message })),
      );
      relay.wake();
    },
    async waiting(): Promise<number> {
      return (await database.query('select id from outbox')).rows.length;
    },
  };
}

const upTo = (count: number) => Array.from({ length: count }, (_, n) => n);

for (const [brokerName, make] of [
  ['rabbitmq', rabbitGround],
  ['kafka', kafkaGround],
] as const) {
  test(`${brokerName} is cut off: it opens, rows wait, a question fails at once; when it is back all leave in order`, async (t) => {
    const { proxy, breaker, broker, message, numbers, consume, commit, waiting } = await scene(
      t,
      brokerName,
      make,
    );
    consume();
    await commit(upTo(10).map(message));
    await eventually(() => assert.deepEqual(numbers, upTo(10)), { timeoutMs: 20_000 });
    // Cut off between confirm and delete they would be sent twice, which is not the matter here.
    await eventually(async () => assert.equal(await waiting(), 0));

    await proxy.down();
    await eventually(() => assert.equal(breaker.state, 'open'));
    await commit(upTo(50).map(message));
    const [outcome] = await broker.publisher.publish([{ ...message(), transient: true }]);
    assert.ok(outcome?.status === 'failed' && 'code' in outcome.error);
    assert.equal(outcome.error.code, 'breaker-open');
    assert.equal(await waiting(), 50);

    await proxy.up();
    const backAt = performance.now();
    await broker.connected(AbortSignal.timeout(20_000));
    const connectedAt = performance.now();
    assert.equal(breaker.state, 'closed');
    await eventually(() => assert.deepEqual(numbers, upTo(60)), { timeoutMs: 20_000 });
    await eventually(async () => assert.equal(await waiting(), 0));
    t.diagnostic(
      `connected after ${Math.round(connectedAt - backAt)} ms, all sent ${Math.round(performance.now() - connectedAt)} ms later`,
    );
  });
}

test('a full queue is no outage: it stays closed, and what is refused leaves once there is room', async (t) => {
  const full = { 'x-max-length': 1, 'x-overflow': 'reject-publish' };
  const { breaker, broker, message, numbers, consume, commit, waiting } = await scene(
    t,
    'rabbitmq',
    (names) => rabbitGround(names.slice(0, 1), full),
  );
  const changes: string[] = [];
  breaker.onChange((state) => changes.push(state));
  await commit(upTo(20).map(message));
  for (let refused = 0; refused < 8; ) {
    const [outcome] = await broker.publisher.publish([message()]);
    if (outcome?.status === 'failed') refused += 1;
  }
  consume();
  await eventually(() =>
    assert.deepEqual(
      numbers.filter((number) => number < 20),
      upTo(20),
    ),
  );
  await eventually(async () => assert.equal(await waiting(), 0));
  assert.deepEqual(changes, []);
});
