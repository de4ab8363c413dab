import { ok } from 'node:assert/strict';
import { test } from 'node:test';
import { inboxDays } from '@conveyor/service-kit/messaging/messaging';
import { kafkaTopology } from '@conveyor/topology';

test('an inbox remembers a message for longer than Kafka keeps what brings it again', () => {
  const { topics } = kafkaTopology({ orderExpiresAfterMs: 300_000 }, [1_000]);
  for (const { name, config = {} } of topics) {
    const days = Number(config['retention.ms'] ?? 0) / (24 * 3_600_000);
    ok(days < inboxDays, `${name} keeps for ${days} days`);
  }
});
