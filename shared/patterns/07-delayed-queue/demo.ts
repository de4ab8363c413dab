import type { Address, BrokerName, Delivery } from '@conveyor/brokers';
import type { Demo, Draft, Seen, Stage } from '@conveyor/patterns/demo';
import { workQueue } from '@conveyor/patterns/point-to-point/rabbitmq';
import { queueOfAllWaits } from './broken.ts';
import { dueAfter, dueTime } from './delayed-queue.ts';
import { delayTopic, delayTopicName, heldUntil } from './kafka.ts';
import { delayQueue, delayQueueName } from './rabbitmq.ts';

/** The longest is sent first. */
const waitsMs = [1_500, 1_000, 500] as const;
const [longMs, , shortMs] = waitsMs;

export const demo: Demo = {
  title: 'messages that wait, each wait in a place of its own; and the trap',
  async run(stage) {
    const scene = await prepare(stage);
    stage.say(sideBySide[stage.broker]);
    await stage.send(waitsMs.map((waitMs) => write(stage, scene, 'alone', waitMs)));
    await stage.until('all have arrived', () => scene.arrived.length >= waitsMs.length);

    stage.say(trap[stage.broker]);
    const mixed = [longMs, shortMs].map((waitMs) => write(stage, scene, 'mixed', waitMs));
    if (stage.broker === 'kafka') await stage.send(mixed);
    else await stage.sendExpiring(mixed, [longMs, shortMs]);
    await stage.until('these have arrived, too', () => scene.arrived.length >= scene.sent);
    return whatWasSeen(scene, stage.broker);
  },
};

const sideBySide: Readonly<Record<BrokerName, string>> = {
  rabbitmq: `Three messages are sent at once, the one with the longest wait first. Each waits in a queue without a consumer,
    which has the wait in its name and hands over what has lain there for so long. Watch in what order they arrive.`,
  kafka: `Three messages are sent at once, the one with the longest wait first. Each waits in a topic that has the wait in
    its name. Kafka would hand them out at once, so the consumer waits: it looks at the head of a partition, leaves it alone
    until that is due, and keeps nothing in memory. Watch in what order they arrive.`,
};

const trap: Readonly<Record<BrokerName, string>> = {
  rabbitmq: `Now the trap: one queue for all waits, where each message brings its own time to live. RabbitMQ lets only the
    head of a queue expire. Watch the ${shortMs} ms that stand behind ${longMs} ms.`,
  kafka: `Now the trap: two waits in one topic. Nobody looks behind the head of a partition. Watch the ${shortMs} ms that
    stand behind ${longMs} ms.`,
};

/** In a place for this wait alone, or in one together with other waits. */
type Where = 'alone' | 'mixed';

/** Where the messages of this run wait, and where they arrive. */
interface Places {
  readonly address: (where: Where, waitMs: number) => Address;
  readonly arrivals: readonly string[];
}

interface Scene extends Places {
  sent: number;
  /** In the order of arrival: by how many ms after it was due. */
  readonly arrived: { readonly name: string; readonly lateMs: number }[];
  /** Kafka: how often the consumer saw a message that was not due. */
  looks: number;
}

async function prepare(stage: Stage): Promise<Scene> {
  const [work, alone, mixed] = [stage.name('work'), stage.name('delay'), stage.name('mixed')];
  const queues = waitsMs.map((waitMs) => delayQueue(alone, waitMs, work));
  const topics = [...waitsMs.map((waitMs) => delayTopic(alone, waitMs, 1)), delayTopic(mixed, longMs, 1)];
  await stage.open({
    rabbitmq: { queues: [workQueue(work), ...queues, queueOfAllWaits(mixed, work)] },
    kafka: { topics },
  });
  const places: Record<BrokerName, Places> = {
    rabbitmq: {
      address: (where, waitMs) => ({
        channel: '',
        key: where === 'mixed' ? mixed : delayQueueName(alone, waitMs),
      }),
      arrivals: [work],
    },
    kafka: {
      address: (where, waitMs) => ({
        channel: where === 'mixed' ? delayTopicName(mixed, longMs) : delayTopicName(alone, waitMs),
        key: 'any',
      }),
      arrivals: topics.map(({ name }) => name),
    },
  };
  const scene = { ...places[stage.broker], sent: 0, arrived: [], looks: 0 };
  await stage.consume({
    name: work,
    channels: scene.arrivals,
    concurrency: 10,
    notBefore: (delivery) => look(stage, scene, delivery),
    onDelivery: async (delivery) => arrive(stage, scene, delivery),
  });
  return scene;
}

function write(stage: Stage, scene: Scene, where: Where, waitMs: number): Draft {
  const to = scene.address(where, waitMs);
  const type = `${waitMs} ms, ${where}`;
  scene.sent += 1;
  stage.show('sent', type, `to ${to.channel || to.key}`);
  return { to, type, subject: 'any', body: '{}', headers: dueAfter(waitMs, new Date()) };
}

/** Kafka asks this of each message, and again when the time has come. */
function look(stage: Stage, scene: Scene, delivery: Delivery): number | undefined {
  const until = heldUntil(delivery);
  const leftMs = (until ?? 0) - Date.now();
  if (leftMs > 0) {
    scene.looks += 1;
    stage.show('waits', nameOf(delivery), `not due for ${leftMs} ms`);
  }
  return until;
}

function arrive(stage: Stage, { arrived }: Scene, delivery: Delivery): void {
  const lateMs = Date.now() - (dueTime(delivery) ?? 0);
  arrived.push({ name: nameOf(delivery), lateMs });
  stage.show('handled', nameOf(delivery), `arrives ${lateMs} ms after it was due`);
}

function nameOf({ attributes }: Delivery): string {
  return attributes['type'] ?? '';
}

function whatWasSeen({ sent, arrived, looks }: Scene, broker: BrokerName): Seen {
  const latest = (ending: string) =>
    Math.max(...arrived.filter(({ name }) => name.endsWith(ending)).map(({ lateMs }) => lateMs));
  return {
    'messages sent': sent,
    arrived: arrived.length,
    'arrived before they were due': arrived.filter(({ lateMs }) => lateMs < 0).length,
    'ms late at most, each wait in a place of its own': latest('alone'),
    [`ms late, ${shortMs} ms behind ${longMs} ms in one place`]: latest(`${shortMs} ms, mixed`),
    ...(broker === 'kafka' && { 'times that a message was not due yet': looks }),
  };
}
