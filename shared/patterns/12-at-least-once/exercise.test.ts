import { deepStrictEqual, ok, strictEqual } from 'node:assert/strict';
import { before, test } from 'node:test';
import { answerTo } from '@conveyor/patterns/exercise';

/** What a driver lets a consumer do with a message that it has been handed. */
interface Driver {
  ack(): void;
  /** Back to the queue. */
  handBack(): void;
}

interface Answer {
  /** Does the work of one message and settles it with the driver. Never rejects. */
  readonly settle: (work: () => Promise<void>, driver: Driver) => Promise<void>;
}

let settle: Answer['settle'];
before(async () => {
  ({ settle } = await answerTo<Answer>(import.meta.url));
});

/** Writes down what happened, in its order. */
async function story(work: () => Promise<void>): Promise<readonly string[]> {
  const told: string[] = [];
  const driver = { ack: () => void told.push('ack'), handBack: () => void told.push('handed back') };
  await settle(async () => {
    await work();
    told.push('work done');
  }, driver);
  return told;
}

test('a message is acknowledged after its work, once', async () => {
  deepStrictEqual(await story(async () => {}), ['work done', 'ack']);
});

test('a message whose work failed is handed back, and not acknowledged', async () => {
  deepStrictEqual(await story(() => Promise.reject(new Error('no'))), ['handed back']);
});

test('while the work is under way nothing is said', async () => {
  const { promise, resolve } = Promise.withResolvers<void>();
  let said = 0;
  const count = () => {
    said += 1;
  };
  const settled = settle(() => promise, { ack: count, handBack: count });
  await new Promise((next) => setImmediate(next));
  ok(said === 0, 'said something before the end of the work');
  resolve();
  await settled;
});

test('a driver that cannot acknowledge does not make the message go back: its work is done', async () => {
  const told: string[] = [];
  await settle(async () => {}, {
    ack: () => {
      throw new Error('the channel is closed');
    },
    handBack: () => void told.push('handed back'),
  });
  deepStrictEqual(told, []);
});

test('a driver that cannot hand it back is no reason to reject: the broker takes back what it had handed out', async () => {
  const closed = () => {
    throw new Error('the channel is closed');
  };
  const failing = () => Promise.reject(new Error('no'));
  strictEqual(await settle(failing, { ack: closed, handBack: closed }), undefined);
});
