import type { Delivery } from '@conveyor/brokers';
import type { Demo, Draft, Stage } from '@conveyor/patterns/demo';
import { workTopic } from './kafka.ts';
import { addressIn } from './one-place.ts';
import { workQueue } from './rabbitmq.ts';

const together = 8;
const alone = 4;
const workMs = 50;

/** Which tasks a worker has done, in their order. */
type Done = Record<'ann' | 'bob', string[]>;

export const demo: Demo = {
  title: 'two workers share the tasks, each is done by one of them; then one goes',
  async run(stage) {
    const tasks = stage.name('tasks');
    await stage.open({
      rabbitmq: { queues: [workQueue(tasks)] },
      kafka: { topics: [workTopic(tasks, 2)] },
    });
    const done: Done = { ann: [], bob: [] };
    await startWorker(stage, 'ann', done);
    const bob = await startWorker(stage, 'bob', done);
    const count = () => done.ann.length + done.bob.length;

    stage.say(shared[stage.broker]);
    await stage.send(draftsOf(stage, 1, together));
    await stage.until('all are done', () => count() >= together);
    const ofAnn = done.ann.length;

    await bob.stop(1_000);
    stage.say('Bob goes home. Nobody tells the sender, and nobody has to: what comes now is for ann.');
    await stage.send(draftsOf(stage, together + 1, alone));
    await stage.until('these are done, too', () => count() >= together + alone);
    const all = [...done.ann, ...done.bob];
    return {
      'tasks sent': together + alone,
      'tasks done': all.length,
      'done more than once': all.length - new Set(all).size,
      'done by ann while bob was there': ofAnn,
      'done by bob': done.bob.length,
      'done by ann alone': done.ann.length - ofAnn,
    };
  },
};

const shared = {
  rabbitmq: `${together} tasks go into one queue, from which two workers take. Each has one task in hand at a time (prefetch 1).
    Watch who gets which.`,
  kafka: `${together} tasks go into a topic of two partitions, which two workers of one consumer group read. Each worker has one
    partition to itself, and the key of a task says into which it goes. Watch who gets which.`,
};

function startWorker(stage: Stage, worker: keyof Done, done: Done) {
  return stage.consume({
    name: stage.name('workers'),
    channels: [stage.name('tasks')],
    concurrency: 1,
    onDelivery: async ({ attributes }: Delivery) => {
      const task = attributes['type'] ?? '';
      await new Promise((resolve) => setTimeout(resolve, workMs));
      done[worker].push(task);
      stage.show('handled', task, `by ${worker}`);
    },
  });
}

function draftsOf(stage: Stage, first: number, count: number): readonly Draft[] {
  const tasks = stage.name('tasks');
  return Array.from({ length: count }, (_, n) => {
    const task = `task ${first + n}`;
    const to = addressIn(stage.broker, tasks, task);
    return { to, type: task, subject: task, body: '{}' };
  });
}
