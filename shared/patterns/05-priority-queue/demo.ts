import { setTimeout as working } from 'node:timers/promises';
import type { BrokerName, Delivery } from '@conveyor/brokers';
import type { Demo, Draft, Seen, Stage } from '@conveyor/patterns/demo';
import { levelTopicName, levelTopics, shareOf } from './kafka.ts';
import { type Level, levels } from './priority-queue.ts';
import { priorityOf, priorityQueue } from './rabbitmq.ts';

const ofEachLevel = 27;
/** How long the one worker takes for a message. */
const workMs = 20;
/** 9 + 3 + 1: as many as a round of Kafka's shares. */
const round = 13;
/** While so many are handled, each level has some waiting on Kafka. */
const first = 3 * round;

export const demo: Demo = {
  title: 'a backlog of three levels: strict on RabbitMQ, by shares on Kafka',
  async run(stage) {
    const task = stage.name('charge');
    const topics = levelTopics(task, 1);
    await stage.open({ rabbitmq: { queues: [priorityQueue(task)] }, kafka: { topics } });
    stage.say(
      `${ofEachLevel} messages of each level are waiting, the low ones sent first, the high ones last, before a worker begins
       who takes ${workMs} ms for each. ${rules[stage.broker]} A letter below is a message: H high, N normal, L low. In the
       order system these are express, standard and low orders.`,
    );
    const backlog = levels.toReversed().flatMap((level) => drafts(stage.broker, task, level));
    stage.show('sent', `${backlog.length} messages`, `to ${stage.broker === 'kafka' ? `${task}-…` : task}`);
    await stage.send(backlog);

    const handled: Level[] = [];
    await stage.consume({
      name: task,
      channels: stage.broker === 'kafka' ? topics.map(({ name }) => name) : [task],
      shareOf,
      // Only what is not handed out yet can be overtaken.
      concurrency: 1,
      async onDelivery({ attributes }: Delivery) {
        await working(workMs);
        handled.push(attributes['type'] as Level);
        if (handled.length % round === 0 || handled.length === backlog.length) showLatest(stage, handled);
      },
    });
    await stage.until('all are handled', () => handled.length === backlog.length);
    return whatWasSeen(backlog, handled);
  },
};

const rules: Readonly<Record<BrokerName, string>> = {
  rabbitmq:
    'RabbitMQ is strict: as long as anything of a higher level waits, nothing of a lower one is handed out.',
  kafka:
    'Kafka knows no priorities, so each level has a topic of its own, and of 13 messages the consumer begins 9 of the high level, 3 of the normal and 1 of the low one: the last still moves.',
};

function drafts(broker: BrokerName, task: string, level: Level): readonly Draft[] {
  return Array.from({ length: ofEachLevel }, (_, n) => {
    const draft = { type: level, subject: `${level}-${n + 1}`, body: '{}' };
    if (broker === 'rabbitmq') {
      return { ...draft, to: { channel: '', key: task }, priority: priorityOf[level] };
    }
    return { ...draft, to: { channel: levelTopicName(task, level), key: draft.subject } };
  });
}

function showLatest(stage: Stage, handled: readonly Level[]): void {
  const from = Math.floor((handled.length - 1) / round) * round;
  const latest = handled.slice(from);
  const letters = latest.map((level) => level.slice(0, 1).toUpperCase()).join(' ');
  stage.show('handled', `number ${from + 1} to ${handled.length}`, letters);
}

function whatWasSeen(backlog: readonly Draft[], handled: readonly Level[]): Seen {
  const early = levels.map((level): [string, number] => [
    `${level} ones among the first ${first} handled`,
    handled.slice(0, first).filter((other) => other === level).length,
  ]);
  return {
    'messages sent': backlog.length,
    'messages handled': handled.length,
    ...Object.fromEntries(early),
    'handled before the first low one': handled.indexOf('low'),
  };
}
