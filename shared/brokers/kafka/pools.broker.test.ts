import assert from 'node:assert/strict';
import { test } from 'node:test';
import { buildMessage } from '@conveyor/testing/build-message';
import { eventually } from '@conveyor/testing/eventually';
import { startTestKafka } from '@conveyor/testing/test-kafka';
import { uniqueName } from '@conveyor/testing/unique-name';
import { allConfirmed, gate } from '../conformance/playground.ts';

test('work that hangs on messages of one topic holds up none of another that has slots of its own', async (context) => {
  const [hanging, going] = [uniqueName('hanging'), uniqueName('going')];
  const broker = await startTestKafka([hanging, going], 2);
  context.after(() => broker.close());
  const send = async (channel: string, count: number) =>
    allConfirmed(
      await broker.publisher.publish(Array.from({ length: count }, () => buildMessage({ channel }))),
    );
  const [stuck, begun, done] = [gate(), [] as string[], [] as string[]];
  const consumer = broker.consume({
    name: uniqueName('group'),
    channels: [hanging, going],
    concurrency: 2,
    poolOf: (topic) => topic,
    async onDelivery({ origin: { channel } }) {
      begun.push(channel);
      if (channel === hanging) await stuck.passed;
      done.push(channel);
    },
  });
  context.after(() => consumer.stop(1_000));

  await send(hanging, 10);
  await eventually(() => assert.deepEqual(begun, [hanging, hanging]), { timeoutMs: 30_000 });
  await send(going, 5);
  await eventually(() => assert.equal(done.length, 5), { timeoutMs: 30_000 });
  assert.equal(begun.filter((channel) => channel === hanging).length, 2, 'never more than its slots');
  stuck.open();
  await eventually(() => assert.equal(done.length, 15), { timeoutMs: 30_000 });
});
