import assert from 'node:assert/strict';
import { test } from 'node:test';
import { eventually } from '@conveyor/testing/eventually';
import { playOnKafka } from '../conformance/kafka-ground.ts';
import { required } from '../conformance/playground.ts';
import { within } from '../time-limit.ts';
import { FormerMember } from './former-member.ts';
import { GroupMember } from './group-member.ts';
import { Pools } from './pools.ts';

const patient = { timeoutMs: 30_000 };

test('a member begins anew with a new topic, though nobody could tell it of one when it joined', async (context) => {
  const { playground, kafka } = await playOnKafka(context, 1);
  await playground.broker(); // Declares the topic.
  const [stopping, later] = [new AbortController(), `${kafka.topic}-later`];
  let looks = 0;
  let known: readonly string[] | undefined = [kafka.topic];
  const findTopics = async (): Promise<readonly string[]> => {
    looks++;
    const found = known ?? assert.fail('Kafka is away');
    if (looks === 1) known = undefined; // Away as soon as the member knows where to begin.
    return found;
  };
  const member = new GroupMember(
    { brokers: required('KAFKA_BROKERS').split(','), clientId: 'test' },
    {
      name: playground.names.first,
      channels: [kafka.topic],
      alsoFrom: (topic) => topic === later,
      concurrency: 1,
      onDelivery: async () => {},
    },
    findTopics,
    new Pools(1),
    stopping.signal,
    new FormerMember(),
  );
  playground.last(() => {
    stopping.abort();
    return member.leave(0);
  });
  const life = member.live();
  await eventually(() => assert.ok(member.consuming && looks > 1), patient);
  known = [kafka.topic, later];
  await within(30_000, 'the end of a life that misses a topic', life);
});
