import { deepStrictEqual, ok } from 'node:assert/strict';
import { test } from 'node:test';
import { rememberedDays } from '@conveyor/service-kit/messaging/messaging';
import { kafkaTopology } from '@conveyor/topology';

const dayMs = 24 * 3_600_000;
const { topics } = kafkaTopology({ orderExpiresAfterMs: 300_000 }, [1_000]);

test('an inbox remembers a message for longer than Kafka keeps what brings it again by itself', () => {
  for (const { name, config = {} } of topics) {
    const days = Number(config['retention.ms'] ?? 0) / dayMs;
    ok(days < rememberedDays, `${name} keeps for ${days} days`);
  }
});

test('for ever are kept only what nobody reads again by itself, and the log, whose readers know by its versions', () => {
  const forEver = topics.filter(({ config = {} }) => config['retention.ms'] === '-1').map(({ name }) => name);
  deepStrictEqual(
    forEver.filter((name) => !name.endsWith('-dlq')),
    ['order-events'],
  );
});
