import type { Delivery } from '@conveyor/brokers';
import type { Demo, Stage } from '@conveyor/patterns/demo';
import { addressIn, onePlace } from '@conveyor/patterns/point-to-point/one-place';
import { atLeastOnce } from './at-least-once.ts';
import { onlyRepeated } from './only-repeated.ts';

const tasks = ['task 1', 'task 2', 'task 3', 'task 4'];
/** In whose work the first worker goes. */
const unlucky = 'task 2';

/** What has happened, task by task. */
interface Scene {
  readonly begun: string[];
  readonly done: string[];
}

export const demo: Demo = {
  title: 'a worker that goes in the middle of its work, and who does that work then',
  async run(stage) {
    const name = stage.name('tasks');
    await stage.open(onePlace(name));
    const scene: Scene = { begun: [], done: [] };
    stage.say(`The first worker takes one task after the other, and acknowledges each once its work is done. It goes in the
      middle of ${unlucky}.`);
    const first = await startWorker(stage, 'the first', scene, unlucky);
    const to = addressIn(stage.broker, name, 'any');
    await stage.send(tasks.map((task) => ({ to, type: task, subject: 'any', body: '{}' })));
    await stage.until(`the work of ${unlucky} has begun`, () => scene.begun.includes(unlucky));
    await first.stop(1_000);
    const doneByFirst = scene.done.length;
    stage.show('given-up', unlucky, 'the first worker is gone, and has not acknowledged it');

    stage.say(again[stage.broker]);
    await startWorker(stage, 'the second', scene);
    await stage.until('every task is done', () => tasks.every((task) => scene.done.includes(task)));
    return {
      'tasks sent': tasks.length,
      'tasks done by the first worker': doneByFirst,
      'tasks done by the second': scene.done.length - doneByFirst,
      'times that work was begun': scene.begun.length,
      'begun more than once': scene.begun.length - new Set(scene.begun).size,
      'tasks lost': tasks.filter((task) => !scene.done.includes(task)).length,
    };
  },
};

const again = {
  rabbitmq: 'What was not acknowledged has gone back to its queue. Watch what the second worker gets first.',
  kafka: `Kafka remembers for the group how far it has come: up to what was committed. Watch where the second worker
    begins.`,
};

/** `stuckAt`: the task whose work never ends, until the worker is stopped. */
function startWorker(stage: Stage, worker: string, scene: Scene, stuckAt?: string) {
  return stage.consume({
    name: stage.name('worker'),
    channels: [stage.name('tasks')],
    concurrency: 1,
    onDelivery: atLeastOnce({
      async work(delivery: Delivery, signal: AbortSignal) {
        const task = delivery.attributes['type'] ?? '';
        scene.begun.push(task);
        stage.show('waits', task, `${worker} worker begins`);
        if (task === stuckAt) await untilStopped(signal);
        scene.done.push(task);
        stage.show('handled', task, `by ${worker} worker; now it is acknowledged`);
      },
      ...onlyRepeated,
    }),
  });
}

/** Rejects when `signal` fires. */
function untilStopped(signal: AbortSignal): Promise<never> {
  const { promise, reject } = Promise.withResolvers<never>();
  if (signal.aborted) reject(signal.reason);
  signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  return promise;
}
