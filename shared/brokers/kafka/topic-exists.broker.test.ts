import { deepStrictEqual } from 'node:assert/strict';
import { test } from 'node:test';
import { serverUrl } from '@conveyor/testing/server-url';
import { uniqueName } from '@conveyor/testing/unique-name';
import { Kafka, logLevel } from 'kafkajs';
import { topicExists } from './topic-exists.ts';

test('a topic is there as soon as it is made; asking makes none, also for a name that none can have', async (t) => {
  const kafka = new Kafka({
    brokers: serverUrl('KAFKA_BROKERS').split(','),
    clientId: 'test',
    logLevel: logLevel.NOTHING,
  });
  const admin = kafka.admin();
  t.after(() => admin.disconnect());
  await admin.connect();
  const [made, other] = [uniqueName('topic'), uniqueName('topic')];
  await admin.createTopics({ topics: [{ topic: made, numPartitions: 1 }], waitForLeaders: false });
  const asked = [made, other, 'no topic/can be called so'];
  const ask = () => Promise.all(asked.map((topic) => topicExists(admin, topic)));
  deepStrictEqual(
    [await ask(), await ask()],
    [
      [true, false, false],
      [true, false, false],
    ],
  );
  const all = await admin.listTopics();
  deepStrictEqual([all.includes(made), all.includes(other)], [true, false]);
});
