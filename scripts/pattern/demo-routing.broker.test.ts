import assert from 'node:assert/strict';
import { test } from 'node:test';
import { eventually } from '../../shared/testing/eventually.ts';
import { committedOnKafka } from './look.fixture.ts';
import { acknowledged, assertNothingLeft, patient, play, written } from './play.fixture.ts';

test('rabbitmq: what the demo of routing reports is what the queues have handed out', async (t) => {
  const { stage, run, seen } = await play(t, 'routing', 'rabbitmq');
  const patterns = ['order.*', 'order.created', '*.created', '#'];
  assert.deepEqual(
    patterns.map((pattern) => seen[`events for ${pattern}`]),
    [2, 1, 2, 4],
  );
  assert.equal(seen['messages that came back as unroutable'], 1);
  for (const pattern of patterns) {
    await acknowledged(run, `takes ${pattern}.${run}`, seen[`events for ${pattern}`]);
  }
  await stage.clear();
  await assertNothingLeft(run);
});

test('kafka: what the demo of routing reports is what the log holds', async (t) => {
  const { stage, run, seen } = await play(t, 'routing', 'kafka');
  assert.equal(seen['events read by a group that came later'], seen['events sent']);
  assert.equal(seen['orders paid before they were created'], 0);
  assert.ok((seen['partitions in use, the order is the key'] ?? 0) > 1, JSON.stringify(seen));
  assert.equal(seen['partitions in use, the key is constant'], 1);
  assert.equal(await written(run, /\.(by-order|hot)\./), seen['events sent']);
  const committed = () => committedOnKafka(stage.name('audit'));
  await eventually(async () => assert.equal(await committed(), seen['events sent']), patient);
  await stage.clear();
  await assertNothingLeft(run);
});
