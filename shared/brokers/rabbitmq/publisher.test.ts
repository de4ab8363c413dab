import assert from 'node:assert/strict';
import { EventEmitter } from 'node:events';
import { type TestContext, test } from 'node:test';
import type { OutgoingMessage, PublishOutcome } from '../port.ts';
import type { RabbitConnection } from './connection.ts';
import { RabbitPublisher } from './publisher.ts';

const message: OutgoingMessage = {
  address: { channel: '', key: 'a-queue' },
  orderingKey: 'a-key',
  attributes: { id: 'an-id' },
  body: Buffer.from('{}'),
};

/** One message that is published on a channel which takes it and never confirms, as that of a queue without its quorum. */
function scene(t: TestContext) {
  t.mock.timers.enable({ apis: ['setInterval'] });
  const channel = Object.assign(new EventEmitter(), { publish: () => true });
  const end = { signal: new AbortController().signal, fail: () => {} };
  const connection = {
    keepChannel: async ({ use }: Parameters<RabbitConnection['keepChannel']>[0]) =>
      use(channel as never, end),
  };
  const publisher = new RabbitPublisher(() => {});
  publisher.start(
    connection as unknown as RabbitConnection,
    () => {},
    () => {},
  );
  let outcome: PublishOutcome | undefined;
  void publisher.publish([message]).then(([first]) => {
    outcome = first;
  });
  return {
    publisher,
    /** What became of it after so many seconds more. */
    async after(seconds: number): Promise<PublishOutcome | undefined> {
      t.mock.timers.tick(seconds * 1_000);
      await new Promise((resolve) => setImmediate(resolve));
      return outcome;
    },
  };
}

function assertFailed(outcome: PublishOutcome | undefined): void {
  assert.equal(outcome?.status, 'failed');
  assert.match(String(outcome?.error), /not confirmed within/);
}

test('what is never confirmed counts as failed after half a minute, so that others may go on', async (t) => {
  const { after } = scene(t);
  assert.equal(await after(29), undefined);
  assertFailed(await after(1));
});

test('while the broker blocks its publishers a message waits for as long', async (t) => {
  const { publisher, after } = scene(t);
  publisher.setBlocked('memory');
  assert.equal(await after(95), undefined);
  publisher.setBlocked(undefined);
  assertFailed(await after(30));
});
