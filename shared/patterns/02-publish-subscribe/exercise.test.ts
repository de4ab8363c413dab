import { deepStrictEqual, strictEqual } from 'node:assert/strict';
import { before, test } from 'node:test';
import { answerTo } from '@conveyor/patterns/exercise';

/** A topic of one partition, as Kafka has it. */
interface Log {
  publish(message: string): void;
  /** The message that the group is to handle now: the same one until it has committed it. Undefined at the end of the log. */
  next(group: string): string | undefined;
  /** The group is done with the message that `next` says. At the end of the log there is nothing to commit. */
  commit(group: string): void;
}

interface Answer {
  readonly createLog: () => Log;
}

let createLog: Answer['createLog'];
before(async () => {
  ({ createLog } = await answerTo<Answer>(import.meta.url));
});

function logWith(messages: readonly string[]): Log {
  const log = createLog();
  for (const message of messages) log.publish(message);
  return log;
}

/** All that the group still has to handle. */
function readAll(log: Log, group: string): readonly string[] {
  const read: string[] = [];
  for (let message = log.next(group); message !== undefined; message = log.next(group)) {
    read.push(message);
    log.commit(group);
  }
  return read;
}

test('every group gets every message, in their order', () => {
  const log = logWith(['a', 'b', 'c']);
  deepStrictEqual(readAll(log, 'email-service'), ['a', 'b', 'c']);
  deepStrictEqual(readAll(log, 'sms-service'), ['a', 'b', 'c']);
});

test('two workers of one group share its messages', () => {
  const log = logWith(['a', 'b']);
  const one = log.next('email-service');
  log.commit('email-service');
  deepStrictEqual([one, log.next('email-service')], ['a', 'b']);
});

test('what is not committed comes again', () => {
  const log = logWith(['a', 'b']);
  strictEqual(log.next('email-service'), 'a');
  strictEqual(log.next('email-service'), 'a');
});

test('a group that is away holds up nobody, and goes on where it was', () => {
  const log = logWith(['a']);
  deepStrictEqual(readAll(log, 'sms-service'), ['a']);
  log.publish('b');
  deepStrictEqual(readAll(log, 'email-service'), ['a', 'b']);
  log.publish('c');
  deepStrictEqual(readAll(log, 'sms-service'), ['b', 'c']);
});

test('a group that has read all and commits once more misses nothing of what comes then', () => {
  const log = logWith(['a']);
  readAll(log, 'email-service');
  log.commit('email-service');
  log.publish('b');
  deepStrictEqual(readAll(log, 'email-service'), ['b']);
});
