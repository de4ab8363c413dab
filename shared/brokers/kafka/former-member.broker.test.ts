import { rejects, strictEqual } from 'node:assert/strict';
import { test } from 'node:test';
import { serverUrl } from '@conveyor/testing/server-url';
import { startTestKafka } from '@conveyor/testing/test-kafka';
import { uniqueName } from '@conveyor/testing/unique-name';
import { within } from '../time-limit.ts';
import { KafkaClient } from './client.ts';
import { coordinated } from './coordinated.ts';
import { FormerMember } from './former-member.ts';
import { createMember, live } from './membership.ts';

test('a member that died without a goodbye is not waited for by the next one of its process', async (t) => {
  const [topic, group] = [uniqueName('topic'), uniqueName('group')];
  const broker = await startTestKafka([topic]);
  t.after(() => broker.close());
  const access = { brokers: serverUrl('KAFKA_BROKERS').split(','), clientId: 'test' };
  const looker = new KafkaClient(access);
  const admin = looker.kafka.admin();
  await admin.connect();
  t.after(() => looker.end(() => admin.disconnect()));
  await coordinated(() => admin.describeGroups([group]), AbortSignal.timeout(30_000));
  const membersOf = async () => (await admin.describeGroups([group])).groups[0]?.members.length;

  const former = new FormerMember();
  const client = new KafkaClient(access);
  const member = createMember(client, group, former);
  // Kafka counts it as a member a moment before it knows so itself.
  const joined = new Promise((resolve) => member.on(member.events.GROUP_JOIN, resolve));
  const living = live({
    client,
    member,
    topics: [topic],
    fromBeginning: true,
    run: { eachBatch: async () => {} },
    left: new Promise(() => {}),
    former,
  });
  const died = rejects(living);
  await within(30_000, 'joining the group', Promise.race([joined, living]));
  // All its connections, as when Kafka goes away.
  await client.end(async () => {});
  await died;
  strictEqual(await membersOf(), 1, 'the group still waits for it');

  const next = new KafkaClient(access);
  const successor = createMember(next, group, former);
  t.after(() => next.end(() => successor.disconnect()));
  await successor.connect();
  await former.leave();
  strictEqual(await membersOf(), 0);
});
