import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, before, type TestContext, test } from 'node:test';
import { type Broker, type Delivery, newMessageId } from '@conveyor/brokers';
import { createKafkaBroker } from '@conveyor/brokers/kafka';
import { heldUntil } from '@conveyor/patterns/delayed-queue/kafka';
import { workTopic } from '@conveyor/patterns/point-to-point/kafka';
import { workQueue } from '@conveyor/patterns/point-to-point/rabbitmq';
import { buildMessage } from '@conveyor/testing/build-message';
import { collect } from '@conveyor/testing/collect';
import { eventually } from '@conveyor/testing/eventually';
import { serverUrl } from '@conveyor/testing/server-url';
import { createTestDatabase, type TestDatabase } from '@conveyor/testing/test-database';
import { startTestRabbit } from '@conveyor/testing/test-rabbit';
import { uniqueName } from '@conveyor/testing/unique-name';
import { attemptOf, historyOf, originOf, ownHeaders } from './account.ts';
import { orderingKeyOf } from './attempt.ts';
import { type FailedMessages, failedMessages, type Places } from './failed-messages.ts';
import { InfrastructureFault, PermanentFault, TransientFault } from './failure.ts';
import { hold, nextHeld } from './held-messages.ts';
import { deadLetterTopic, kafkaPlaces, retryTopics } from './kafka.ts';
import { deadLetterExchange, rabbitPlaces, retryQueues, withDeadLetters } from './rabbitmq.ts';

const waitMs = 300;
const patient = { timeoutMs: 30_000 };

let database: TestDatabase;
before(async () => {
  database = await createTestDatabase([await readFile(new URL('schema.sql', import.meta.url), 'utf8')]);
});
after(() => database.drop());

/** A consumer's work, retries and dead letters on one broker. */
interface Scene {
  readonly broker: Broker;
  readonly places: Places;
  readonly work: { readonly channel: string; readonly key: string };
  /** What arrives for the consumer: first, or after a wait; and what is given up. */
  readonly arrived: readonly Delivery[];
  readonly dead: readonly Delivery[];
}

async function rabbitScene(t: TestContext): Promise<Scene> {
  const work = uniqueName('work');
  const withDead = withDeadLetters(workQueue(work));
  const broker = await startTestRabbit({
    exchanges: [deadLetterExchange],
    queues: [...withDead.queues, ...retryQueues(work, [waitMs])],
    bindings: withDead.bindings,
  });
  const [arriving, dying] = [collect(broker, work), collect(broker, `${work}.dead`)];
  t.after(async () => {
    await Promise.all([arriving.consumer.stop(1_000), dying.consumer.stop(1_000)]);
    await broker.close();
  });
  return {
    broker,
    places: rabbitPlaces(work),
    work: { channel: '', key: work },
    arrived: arriving.deliveries,
    dead: dying.deliveries,
  };
}

async function kafkaScene(t: TestContext): Promise<Scene> {
  const [topic, group] = [uniqueName('work'), uniqueName('group')];
  const retries = retryTopics(group, [waitMs]);
  const broker = createKafkaBroker({
    brokers: serverUrl('KAFKA_BROKERS').split(','),
    topology: { topics: [workTopic(topic, 1), ...retries, deadLetterTopic(group)] },
    clientId: uniqueName('client'),
  });
  broker.start();
  await broker.connected(AbortSignal.timeout(20_000));
  const arrived: Delivery[] = [];
  const onDelivery = async (delivery: Delivery) => void arrived.push(delivery);
  const fresh = broker.consume({ name: group, channels: [topic], concurrency: 1, onDelivery });
  const waiting = broker.consume({
    name: `${group}.retries`,
    channels: retries.map(({ name }) => name),
    concurrency: 1,
    notBefore: heldUntil,
    onDelivery,
  });
  const dying = collect(broker, `${group}-dlq`);
  t.after(async () => {
    await Promise.all([fresh, waiting, dying.consumer].map((consumer) => consumer.stop(1_000)));
    await broker.close();
  });
  const places = kafkaPlaces(group);
  return { broker, places, work: { channel: topic, key: 'order-1' }, arrived, dead: dying.deliveries };
}

function moverOf({ broker, places }: Pick<Scene, 'broker' | 'places'>, consumer: string): FailedMessages {
  return failedMessages({
    consumer,
    broker,
    database,
    places,
    delayBefore: () => waitMs,
    inOrder: broker.name === 'kafka',
  });
}

async function firstDelivery({ broker, work, arrived }: Scene): Promise<Delivery> {
  const message = buildMessage({ ...work, body: 'not { json \u0000', headers: { note: 'own' }, priority: 5 });
  const [outcome] = await broker.publisher.publish([message]);
  assert.equal(outcome?.status, 'confirmed');
  return eventually(() => arrived[0] ?? assert.fail('not delivered'), patient);
}

const timedOut = new TransientFault('timed-out', 'took too long');

for (const [name, prepare] of Object.entries({ rabbitmq: rabbitScene, kafka: kafkaScene })) {
  test(`${name}: a failed message waits, comes back to its consumer, and is given up, as it was and with its account`, async (t) => {
    const scene = await prepare(t);
    const failed = moverOf(scene, uniqueName('consumer'));
    const first = await firstDelivery(scene);
    assert.equal(
      await failed.retryLater(first, { error: timedOut, at: new Date(), attempt: 2, delayMs: waitMs }),
      'retried',
    );

    const second = await eventually(() => scene.arrived[1] ?? assert.fail('not back'), patient);
    assert.deepEqual([second.attributes, second.body], [first.attributes, first.body]);
    assert.equal(attemptOf(second), 2);
    assert.deepEqual(originOf(second), first.origin);
    assert.equal(await failed.moveAgain(second), undefined, 'this is the try that was to come');

    const again = await failed.retryLater(second, {
      error: timedOut,
      at: new Date(),
      attempt: 3,
      delayMs: waitMs,
    });
    assert.equal(again, 'retried');
    const third = await eventually(() => scene.arrived[2] ?? assert.fail('not back again'), patient);
    await failed.setAside(third, { reason: 'attempts-exhausted', error: timedOut, attempts: 3 });
    const dead = await eventually(() => scene.dead[0] ?? assert.fail('no dead letter'), patient);
    assert.deepEqual([dead.attributes, dead.body], [first.attributes, first.body]);
    assert.deepEqual(originOf(dead), first.origin);
    assert.equal(historyOf(dead).length, 3);
    assert.equal(ownHeaders(dead.headers).note, 'own');
    // Kafka has none.
    const priority = name === 'rabbitmq' ? 5 : undefined;
    assert.deepEqual(
      [second, third, dead].map((delivery) => delivery.priority),
      [priority, priority, priority],
    );
  });

  test(`${name}: a copy of a message that was moved is moved again, and not tried`, async (t) => {
    const scene = await prepare(t);
    const failed = moverOf(scene, uniqueName('consumer'));
    const first = await firstDelivery(scene);
    assert.equal(await failed.moveAgain(first), undefined);
    await failed.retryLater(first, { error: timedOut, at: new Date(), attempt: 2, delayMs: waitMs });
    assert.equal(await failed.moveAgain(first), 'retried');
    const copies = await eventually(() => {
      assert.equal(scene.arrived.length, 3);
      return scene.arrived.slice(1);
    }, patient);
    assert.deepEqual(copies.map(attemptOf), [2, 2]);

    const failure = { reason: 'permanent', error: new PermanentFault('bad', 'bad'), attempts: 2 } as const;
    for (const copy of copies) await failed.setAside(copy, failure);
    assert.equal(await failed.moveAgain(first), 'given-up');
    const ids = await eventually(() => {
      assert.equal(scene.dead.length, 3);
      return scene.dead.map(({ headers }) => headers['dead-letter-id']);
    }, patient);
    assert.equal(new Set(ids).size, 1, 'one dead letter, however often it arrives');
  });

  test(`${name}: what no place takes is not acknowledged`, async (t) => {
    const scene = await prepare(t);
    const nowhere = uniqueName('nowhere');
    const address = () => ({ channel: name === 'kafka' ? nowhere : '', key: nowhere });
    const failed = moverOf({ ...scene, places: { retry: address, dead: address } }, uniqueName('consumer'));
    const first = await firstDelivery(scene);
    const failure = { reason: 'permanent', error: 'text', attempts: 1 } as const;
    for (const move of [
      () => failed.setAside(first, failure),
      () =>
        failed.retryLater(
          { ...first, attributes: {} },
          { error: timedOut, at: new Date(), attempt: 2, delayMs: 1 },
        ),
    ]) {
      await assert.rejects(
        move(),
        (error) => error instanceof InfrastructureFault && error.code === 'move-unroutable',
      );
    }
  });
}

/** On Kafka: a message that came, and another one of its key. */
async function twoOfOneKey(scene: Scene, consumer: string) {
  const first = await firstDelivery(scene);
  const second: Delivery = {
    ...first,
    attributes: { ...first.attributes, id: newMessageId() },
    body: Buffer.from('the second'),
  };
  const held = async () => {
    const { rows } = await database.query<{ readonly id: string; readonly body: Buffer }>(
      'select message_id as id, body from held_messages where consumer = $1',
      [consumer],
    );
    return rows.map(({ id, body }) => [id, String(body)]);
  };
  const retry = () => ({ error: timedOut, at: new Date(), attempt: 2, delayMs: waitMs });
  const lane = { consumer, orderingKey: orderingKeyOf(first) };
  return { first, second, held, retry, lane };
}

test('kafka: of two messages of one key that fail at the same moment one waits, and the other is held behind it', async (t) => {
  const scene = await kafkaScene(t);
  const consumer = uniqueName('consumer');
  const failed = moverOf(scene, consumer);
  const { first, second, held, retry, lane } = await twoOfOneKey(scene, consumer);
  assert.equal(await failed.retryLater(first, retry()), 'retried');
  assert.equal(await failed.retryLater(second, retry()), 'held');
  assert.deepEqual(await held(), [[second.attributes.id, 'the second']]);
  const next = await nextHeld(database, lane, first.attributes.id);
  assert.deepEqual([next?.attributes, next && attemptOf(next)], [second.attributes, 2]);
});

test('kafka: a message that was held is let go of only once it is safe elsewhere', async (t) => {
  const scene = await kafkaScene(t);
  const consumer = uniqueName('consumer');
  const failed = moverOf(scene, consumer);
  const { first, second, held, retry, lane } = await twoOfOneKey(scene, consumer);
  await failed.retryLater(first, retry());
  assert.ok(await hold(database, lane, second.attributes.id ?? '', second));
  const head = await nextHeld(database, lane, first.attributes.id);
  assert.ok(head);

  const nowhere = () => ({ channel: uniqueName('nowhere'), key: 'order-1' });
  const lost = moverOf({ ...scene, places: { retry: nowhere, dead: nowhere } }, consumer);
  await assert.rejects(lost.retryLater(head, retry()), InfrastructureFault);
  assert.equal((await held()).length, 1);
  assert.equal(await failed.retryLater(head, retry()), 'retried');
  assert.deepEqual(await held(), []);
});

test('kafka: a message without an id is one dead letter, however often it is given up', async (t) => {
  const scene = await kafkaScene(t);
  const failed = moverOf(scene, uniqueName('consumer'));
  const nameless = { ...(await firstDelivery(scene)), attributes: {} };
  const failure = { reason: 'permanent', error: timedOut, attempts: 1 } as const;
  for (const _ of [1, 2]) await failed.setAside(nameless, failure);
  const ids = await eventually(() => {
    assert.equal(scene.dead.length, 2);
    return scene.dead.map(({ headers }) => headers['dead-letter-id']);
  }, patient);
  assert.equal(new Set(ids).size, 1);
});
