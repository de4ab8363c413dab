import { deepStrictEqual } from 'node:assert/strict';
import { before, test } from 'node:test';
import { answerTo } from '@conveyor/patterns/exercise';

/** A work queue in memory, as RabbitMQ has it. All of it happens at once: nothing here waits. */
interface Queue {
  send(task: string): void;
  /** A worker that may have `prefetch` tasks in hand at once. */
  join(worker: string, prefetch: number, deliver: (task: string) => void): void;
  ack(worker: string, task: string): void;
  /** It is gone, with all that it has in hand. */
  leave(worker: string): void;
}

interface Answer {
  readonly createQueue: () => Queue;
}

let createQueue: Answer['createQueue'];
before(async () => {
  ({ createQueue } = await answerTo<Answer>(import.meta.url));
});

/** A queue in which everything that is handed out is written down, as `worker: task`. */
function observed() {
  const told: string[] = [];
  const queue = createQueue();
  const join = (worker: string, prefetch: number) =>
    queue.join(worker, prefetch, (task) => void told.push(`${worker}: ${task}`));
  return { queue, join, told };
}

test('two workers take turns: 1 and 3 for the one, 2 and 4 for the other', () => {
  const { queue, join, told } = observed();
  join('ann', 10);
  join('bob', 10);
  for (const task of ['1', '2', '3', '4']) queue.send(task);
  deepStrictEqual(told, ['ann: 1', 'bob: 2', 'ann: 3', 'bob: 4']);
});

test('tasks wait in their order for the first worker', () => {
  const { queue, join, told } = observed();
  for (const task of ['1', '2']) queue.send(task);
  join('ann', 10);
  deepStrictEqual(told, ['ann: 1', 'ann: 2']);
});

test('nobody has more in hand than the prefetch: who is slow gets less', () => {
  const { queue, join, told } = observed();
  join('slow', 1);
  join('fast', 1);
  for (const task of ['1', '2', '3', '4']) queue.send(task);
  deepStrictEqual(told, ['slow: 1', 'fast: 2']);
  queue.ack('fast', '2');
  queue.ack('fast', '3');
  deepStrictEqual(told, ['slow: 1', 'fast: 2', 'fast: 3', 'fast: 4']);
});

test('what a dead worker had in hand comes again first, in its order, and what it had acknowledged does not', () => {
  const { queue, join, told } = observed();
  join('ann', 3);
  for (const task of ['1', '2', '3', '4']) queue.send(task);
  queue.ack('ann', '1');
  queue.leave('ann');
  told.length = 0;
  join('bob', 10);
  deepStrictEqual(told, ['bob: 2', 'bob: 3', 'bob: 4']);
});

test('a worker that leaves twice takes nobody along', () => {
  const { queue, join, told } = observed();
  join('ann', 1);
  join('bob', 1);
  queue.leave('ann');
  queue.leave('ann');
  queue.send('1');
  deepStrictEqual(told, ['bob: 1']);
});

test('a dead worker is handed nothing, and its late acknowledgement takes nothing from others', () => {
  const { queue, join, told } = observed();
  join('ann', 1);
  join('bob', 1);
  for (const task of ['1', '2']) queue.send(task);
  queue.leave('ann');
  queue.ack('ann', '1');
  queue.ack('bob', '2');
  deepStrictEqual(told, ['ann: 1', 'bob: 2', 'bob: 1']);
});
