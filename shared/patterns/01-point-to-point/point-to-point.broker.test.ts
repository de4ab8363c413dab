import { deepStrictEqual, ok } from 'node:assert/strict';
import { test } from 'node:test';
import type { Broker } from '@conveyor/brokers';
import { createKafkaBroker } from '@conveyor/brokers/kafka';
import { workTopic } from '@conveyor/patterns/point-to-point/kafka';
import { workQueue } from '@conveyor/patterns/point-to-point/rabbitmq';
import { buildMessage } from '@conveyor/testing/build-message';
import { eventually } from '@conveyor/testing/eventually';
import { serverUrl } from '@conveyor/testing/server-url';
import { startTestRabbit } from '@conveyor/testing/test-rabbit';
import { uniqueName } from '@conveyor/testing/unique-name';

const tasks = uniqueName('tasks');
const group = uniqueName('worker-group');

async function kafka(): Promise<Broker> {
  const broker = createKafkaBroker({
    brokers: serverUrl('KAFKA_BROKERS').split(','),
    topology: { topics: [workTopic(tasks, 4)] },
    clientId: group,
  });
  broker.start();
  await broker.connected(AbortSignal.timeout(20_000));
  return broker;
}

for (const [name, start] of Object.entries({
  rabbitmq: () => startTestRabbit({ queues: [workQueue(tasks)] }),
  kafka,
})) {
  test(`${name}: two workers share the tasks, and each task is done by one of them`, async (t) => {
    const broker = await start();
    t.after(() => broker.close());
    const done = { ann: [] as string[], bob: [] as string[] };
    for (const [worker, own] of Object.entries(done)) {
      const consumer = broker.consume({
        name: group,
        channels: [tasks],
        concurrency: 1,
        // Until the other has one, too: so nobody can be so fast that he does them all.
        onDelivery: async ({ attributes }) => {
          own.push(attributes['id'] ?? '');
          await eventually(() => ok(done.ann.length > 0 && done.bob.length > 0), { timeoutMs: 20_000 });
        },
      });
      t.after(() => consumer.stop(1_000));
      ok(worker);
    }
    await eventually(() => broker.check(), { timeoutMs: 20_000 });

    const sent = Array.from({ length: 40 }, () =>
      buildMessage(name === 'kafka' ? { channel: tasks } : { channel: '', key: tasks }),
    );
    await broker.publisher.publish(sent);
    await eventually(() => deepStrictEqual(done.ann.length + done.bob.length, sent.length), {
      timeoutMs: 20_000,
    });
    deepStrictEqual([...done.ann, ...done.bob].sort(), sent.map(({ attributes }) => attributes['id']).sort());
    ok(done.ann.length > 0 && done.bob.length > 0, 'both have worked');
  });
}
