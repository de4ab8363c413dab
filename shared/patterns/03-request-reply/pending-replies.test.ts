import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PendingReplies } from './pending-replies.ts';

test('a reply reaches the request of its id and no other', async () => {
  const pending = new PendingReplies<string>();
  const [a, b] = [pending.expect('a'), pending.expect('b')];
  assert.equal(pending.settle('b', 'for b'), true);
  assert.equal(pending.settle('a', 'for a'), true);
  assert.deepEqual(await Promise.all([a, b]), ['for a', 'for b']);
  assert.equal(pending.size, 0);
});

test('unknown, repeated and late replies are dropped', async () => {
  const pending = new PendingReplies<string>();
  assert.equal(pending.settle('unknown', 'x'), false);
  const repeated = pending.expect('repeated');
  pending.settle('repeated', 'first');
  assert.equal(pending.settle('repeated', 'second'), false);
  assert.equal(await repeated, 'first');
  const late = pending.expect('late');
  pending.fail('late', new Error('too late'));
  assert.equal(pending.settle('late', 'x'), false);
  await assert.rejects(late, /too late/);
});

test('all that wait can be refused at once', async () => {
  const pending = new PendingReplies<string>();
  const waiting = [pending.expect('a'), pending.expect('b')];
  pending.failAll(new Error('stopped'));
  for (const each of waiting) await assert.rejects(each, /stopped/);
  assert.equal(pending.size, 0);
});
