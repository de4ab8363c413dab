import {
  type Delivery,
  newMessageId,
  type OnDelivery,
  type OutgoingMessage,
} from '../../shared/brokers/index.ts';
import { workTopic } from '../../shared/patterns/01-point-to-point/kafka.ts';
import { workQueue } from '../../shared/patterns/01-point-to-point/rabbitmq.ts';
import { fanout } from '../../shared/patterns/02-publish-subscribe/rabbitmq.ts';
import { bindAll, topicExchange } from '../../shared/patterns/04-routing/rabbitmq.ts';
import { levelTopicName, levelTopics } from '../../shared/patterns/05-priority-queue/kafka.ts';
import { levels } from '../../shared/patterns/05-priority-queue/priority-queue.ts';
import { priorityOf, priorityQueue } from '../../shared/patterns/05-priority-queue/rabbitmq.ts';
import { dueAfter } from '../../shared/patterns/07-delayed-queue/delayed-queue.ts';
import { delayTopic, delayTopicName, heldUntil } from '../../shared/patterns/07-delayed-queue/kafka.ts';
import { delayQueue, delayQueueName } from '../../shared/patterns/07-delayed-queue/rabbitmq.ts';
import { appendToStream } from '../../shared/patterns/08-event-sourcing/event-store.ts';
import { groupCommit } from '../../shared/patterns/11-idempotent-consumer/group-commit.ts';
import { handleOnce } from '../../shared/patterns/11-idempotent-consumer/idempotent-consumer.ts';
import { atLeastOnce } from '../../shared/patterns/12-at-least-once/at-least-once.ts';
import { appendToOutbox } from '../../shared/patterns/16-transactional-outbox/outbox.ts';
import { startRelay } from '../../shared/patterns/16-transactional-outbox/relay.ts';
import type { StageDatabase } from '../../shared/patterns/demo.ts';
import type { RealStage } from '../pattern/stage.ts';
import type { Numbered, Receiver, Scenario, Setting } from './setting.ts';

const partitions = 3;
const asItIs = (heard: OnDelivery) => heard;
const file = (path: string) => new URL(`../../shared/patterns/${path}`, import.meta.url);

type Address = OutgoingMessage['address'];

function outgoing(
  { n, key }: Numbered,
  address: Address,
  more: Partial<OutgoingMessage> = {},
): OutgoingMessage {
  return {
    address,
    orderingKey: key,
    attributes: { id: newMessageId(), type: 'measured', subject: key, source: '/compare' },
    body: Buffer.from(JSON.stringify({ n, key })),
    ...more,
  };
}

/** A queue, or a topic of three partitions; the ground of most patterns. */
async function workPlace(stage: RealStage) {
  const name = stage.name('work');
  const broker = await stage.open({
    rabbitmq: { queues: [workQueue(name)] },
    kafka: { topics: [workTopic(name, partitions, 1)] },
  });
  const address = (key: string): Address =>
    stage.broker === 'kafka' ? { channel: name, key } : { channel: '', key: name };
  const receivers: readonly Receiver[] = [{ name: stage.name('receiver'), channels: [name] }];
  const send = (messages: readonly Numbered[]) =>
    publish(
      broker,
      messages.map((message) => outgoing(message, address(message.key))),
    );
  return { broker, address, receivers, send };
}

async function publish(broker: Awaited<ReturnType<RealStage['open']>>, messages: readonly OutgoingMessage[]) {
  const outcomes = await broker.publisher.publish(messages);
  const failed = outcomes.find(({ status }) => status !== 'confirmed');
  if (failed) throw new Error(`a message was not stored: ${JSON.stringify(failed)}`);
}

/** Sends by way of an outbox: `write` is what a business transaction does besides. */
async function byOutbox(
  stage: RealStage,
  schemas: readonly URL[],
  write: (
    tx: Parameters<Parameters<StageDatabase['transaction']>[0]>[0],
    message: Numbered,
  ) => Promise<unknown>,
): Promise<Setting> {
  const { broker, address, receivers } = await workPlace(stage);
  const database = await stage.database([file('16-transactional-outbox/schema.sql'), ...schemas]);
  const relay = startRelay({ service: stage.name('relay'), broker, connect: () => database.connect() });
  stage.after(() => relay.stop());
  return {
    receivers,
    waitMs: 0,
    handle: asItIs,
    async send(messages) {
      await database.transaction(async (tx) => {
        for (const message of messages) await write(tx, message);
        await appendToOutbox(
          tx,
          messages.map((message) => ({
            broker: stage.broker,
            message: outgoing(message, address(message.key)),
          })),
        );
      });
      relay.wake();
    },
  };
}

const pointToPoint: Scenario = {
  pattern: 'point-to-point',
  what: 'one queue, or a topic of three partitions; one consumer with ten messages in hand',
  async prepare(stage) {
    const { receivers, send } = await workPlace(stage);
    return { receivers, send, handle: asItIs, waitMs: 0 };
  },
};

const publishSubscribe: Scenario = {
  pattern: 'publish-subscribe',
  what: 'three subscribers, each of which gets every message',
  async prepare(stage) {
    const exchange = stage.name('news');
    const names = ['email', 'sms', 'push'].map((who) => stage.name(who));
    const fan = fanout(exchange, names);
    const broker = await stage.open({
      rabbitmq: { exchanges: [fan.exchange], queues: names.map(workQueue), bindings: fan.bindings },
      kafka: { topics: [workTopic(exchange, partitions, 1)] },
    });
    const isKafka = stage.broker === 'kafka';
    return {
      receivers: names.map((name) => ({ name, channels: [isKafka ? exchange : name] })),
      send: (messages) =>
        publish(
          broker,
          messages.map((message) =>
            outgoing(message, { channel: exchange, key: isKafka ? message.key : '' }),
          ),
        ),
      handle: asItIs,
      waitMs: 0,
    };
  },
};

const routing: Scenario = {
  pattern: 'routing',
  what: 'a topic exchange and a binding `measured.*`; on Kafka the key chooses the partition',
  async prepare(stage) {
    const [exchange, queue] = [stage.name('events'), stage.name('measured')];
    const broker = await stage.open({
      rabbitmq: {
        exchanges: [topicExchange(exchange)],
        queues: [workQueue(queue)],
        bindings: bindAll(exchange, queue, ['measured.*']),
      },
      kafka: { topics: [workTopic(exchange, partitions, 1)] },
    });
    const isKafka = stage.broker === 'kafka';
    return {
      receivers: [{ name: stage.name('receiver'), channels: [isKafka ? exchange : queue] }],
      send: (messages) =>
        publish(
          broker,
          messages.map((message) =>
            outgoing(message, { channel: exchange, key: isKafka ? message.key : `measured.${message.key}` }),
          ),
        ),
      handle: asItIs,
      waitMs: 0,
    };
  },
};

const priority: Scenario = {
  pattern: 'priority-queue',
  what: 'messages of three levels in turn',
  async prepare(stage) {
    const task = stage.name('charge');
    const broker = await stage.open({
      rabbitmq: { queues: [priorityQueue(task)] },
      kafka: { topics: levelTopics(task, 1, 1) },
    });
    const isKafka = stage.broker === 'kafka';
    const levelOf = (n: number) => levels[n % levels.length] ?? 'normal';
    return {
      receivers: [
        {
          name: stage.name('receiver'),
          channels: isKafka ? levels.map((level) => levelTopicName(task, level)) : [task],
        },
      ],
      send: (messages) =>
        publish(
          broker,
          messages.map((message) => {
            const level = levelOf(message.n);
            const to = isKafka
              ? { channel: levelTopicName(task, level), key: message.key }
              : { channel: '', key: task };
            return outgoing(message, to, { priority: priorityOf[level] });
          }),
        ),
      handle: asItIs,
      waitMs: 0,
    };
  },
};

/** Messages that wait for `waitMs` before they are handed out. */
export function delayed(waitMs: number): Scenario {
  return {
    pattern: 'delayed-queue',
    what: `a wait of ${waitMs} ms, which is not counted`,
    async prepare(stage) {
      const [work, delay] = [stage.name('work'), stage.name('delay')];
      const broker = await stage.open({
        rabbitmq: { queues: [workQueue(work), delayQueue(delay, waitMs, work)] },
        kafka: { topics: [delayTopic(delay, waitMs, 1, 1)] },
      });
      const isKafka = stage.broker === 'kafka';
      const topic = delayTopicName(delay, waitMs);
      return {
        receivers: [
          {
            name: stage.name('receiver'),
            channels: [isKafka ? topic : work],
            ...(isKafka && { notBefore: heldUntil }),
          },
        ],
        send: (messages) =>
          publish(
            broker,
            messages.map((message) =>
              outgoing(
                message,
                isKafka
                  ? { channel: topic, key: message.key }
                  : { channel: '', key: delayQueueName(delay, waitMs) },
                { headers: dueAfter(waitMs, new Date()) },
              ),
            ),
          ),
        handle: asItIs,
        waitMs,
      };
    },
  };
}

const eventSourcing: Scenario = {
  pattern: 'event-sourcing',
  what: 'append to the event store, then the outbox; ten streams',
  async prepare(stage) {
    const versions = new Map<string, number>();
    const streams = new Map<string, string>();
    return byOutbox(stage, [file('08-event-sourcing/schema.sql')], async (tx, { key }) => {
      const stream = streams.get(key) ?? newMessageId();
      streams.set(key, stream);
      const version = await appendToStream(tx, stream, versions.get(key) ?? 0, [
        { type: 'measured', data: {} },
      ]);
      versions.set(key, version);
    });
  },
};

const idempotent: Scenario = {
  pattern: 'idempotent-consumer',
  what: 'each message with an inbox row and an effect in one transaction, shared by those that wait',
  async prepare(stage) {
    const { receivers, send } = await workPlace(stage);
    const database = await stage.database([
      file('11-idempotent-consumer/schema.sql'),
      file('16-transactional-outbox/schema.sql'),
    ]);
    const transactions = groupCommit(database);
    return {
      receivers,
      send,
      waitMs: 0,
      handle: (heard) => {
        const once = handleOnce<{ readonly id: string }>({
          consumer: 'compare',
          database: transactions,
          handle: async () => [],
          wakeRelays: () => {},
        });
        return async (delivery, signal) => {
          await once({ id: delivery.attributes['id'] ?? '' });
          await heard(delivery, signal);
        };
      },
    };
  },
};

const atLeastOnceScenario: Scenario = {
  pattern: 'at-least-once',
  what: 'acknowledged after the work, failures sorted out',
  async prepare(stage) {
    const { receivers, send } = await workPlace(stage);
    const none = () => Promise.reject(new Error('nothing fails here'));
    return {
      receivers,
      send,
      waitMs: 0,
      handle: (heard) =>
        atLeastOnce({
          work: async (delivery: Delivery, signal) => void (await heard(delivery, signal)),
          delayBefore: () => undefined,
          retryLater: none,
          setAside: none,
        }),
    };
  },
};

const transactionalOutbox: Scenario = {
  pattern: 'transactional-outbox',
  what: 'written to the outbox in a transaction, sent by the relay',
  prepare: (stage) => byOutbox(stage, [], async () => {}),
};

/** In the order of the chapters. `delayMs`: the wait of the delayed queue. */
export function scenarios(delayMs: number): readonly Scenario[] {
  return [
    pointToPoint,
    publishSubscribe,
    routing,
    priority,
    delayed(delayMs),
    eventSourcing,
    idempotent,
    atLeastOnceScenario,
    transactionalOutbox,
  ];
}
