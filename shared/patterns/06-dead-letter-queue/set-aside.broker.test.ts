import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type { Broker } from '@conveyor/brokers';
import { buildMessage } from '@conveyor/testing/build-message';
import { collect } from '@conveyor/testing/collect';
import { eventually } from '@conveyor/testing/eventually';
import { startTestKafka } from '@conveyor/testing/test-kafka';
import { startTestRabbit, testQueue } from '@conveyor/testing/test-rabbit';
import { uniqueName } from '@conveyor/testing/unique-name';
import { InfrastructureFault, PermanentFault } from './failure.ts';
import { setAside } from './set-aside.ts';

interface Scene {
  readonly broker: Broker;
  readonly work: { channel: string; address: { channel: string; key: string } };
  readonly dead: { channel: string; address: { channel: string; key: string } };
}

async function rabbit(): Promise<Scene> {
  const [work, dead] = [uniqueName('work'), uniqueName('dead')];
  const broker = await startTestRabbit({ queues: [testQueue(work), testQueue(dead)] });
  return {
    broker,
    work: { channel: work, address: { channel: '', key: work } },
    dead: { channel: dead, address: { channel: '', key: dead } },
  };
}

async function kafka(): Promise<Scene> {
  const [work, dead] = [uniqueName('work'), uniqueName('dead')];
  const broker = await startTestKafka([work, dead]);
  return {
    broker,
    work: { channel: work, address: { channel: work, key: 'order-1' } },
    dead: { channel: dead, address: { channel: dead, key: 'order-1' } },
  };
}

async function sendOneAndTakeIt(t: TestContext, { broker, work }: Scene) {
  const message = buildMessage({
    channel: work.address.channel,
    key: work.address.key,
    body: 'not { json \u0000',
    headers: { note: 'own header' },
    attributes: { type: '' },
  });
  const [outcome] = await broker.publisher.publish([message]);
  assert.equal(outcome?.status, 'confirmed');
  const { deliveries, consumer } = collect(broker, work.channel);
  t.after(() => consumer.stop(1_000));
  return eventually(() => deliveries[0] ?? assert.fail('not delivered'), { timeoutMs: 20_000 });
}

for (const [name, prepare] of Object.entries({ rabbitmq: rabbit, kafka })) {
  test(`${name}: a message set aside keeps its attributes and body, and tells what happened to it`, async (t) => {
    const scene = await prepare();
    t.after(() => scene.broker.close());
    const delivery = await sendOneAndTakeIt(t, scene);
    await setAside(scene.broker, {
      deadLetterAddress: scene.dead.address,
      delivery,
      reason: 'permanent',
      error: new PermanentFault('invalid-body', 'Not JSON'),
      attempts: 1,
      consumer: 'payment.charge',
    });

    const { deliveries, consumer } = collect(scene.broker, scene.dead.channel);
    t.after(() => consumer.stop(1_000));
    const dead = await eventually(() => deliveries[0] ?? assert.fail('not delivered'), { timeoutMs: 20_000 });
    assert.deepEqual(dead.attributes, delivery.attributes);
    assert.deepEqual(dead.body, delivery.body);
    const { 'dead-letter-time': time, ...headers } = dead.headers;
    assert.ok(Math.abs(Date.parse(time ?? '') - Date.now()) < 60_000);
    assert.deepEqual(headers, {
      note: 'own header',
      'dead-letter-reason': 'permanent',
      'dead-letter-error': 'invalid-body: Not JSON',
      'dead-letter-attempts': '1',
      'dead-letter-consumer': 'payment.charge',
      'dead-letter-broker': name,
      'dead-letter-channel': scene.work.channel,
      'dead-letter-address-channel': scene.work.address.channel,
      'dead-letter-address-key': scene.work.address.key,
      ...(delivery.origin.position !== undefined && { 'dead-letter-position': delivery.origin.position }),
    });
  });

  test(`${name}: setting aside fails when nothing would keep the message`, async (t) => {
    const scene = await prepare();
    t.after(() => scene.broker.close());
    const delivery = await sendOneAndTakeIt(t, scene);
    const nowhere = uniqueName('nowhere');
    const work = setAside(scene.broker, {
      deadLetterAddress: { channel: name === 'kafka' ? nowhere : '', key: nowhere },
      delivery,
      reason: 'attempts-exhausted',
      error: 'text',
      attempts: 3,
      consumer: 'payment.charge',
    });
    await assert.rejects(
      work,
      (error) => error instanceof InfrastructureFault && error.code === 'dead-letter-unroutable',
    );
  });
}
